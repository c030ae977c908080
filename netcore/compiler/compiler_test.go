package compiler

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestComplaints(t *testing.T) {
	said := "<stdin>: In function 'main':\n" +
		"<stdin>:3:9: warning: unused variable 'x' [-Wunused-variable]\n" +
		"<stdin>:4: error: expected ';'\n" +
		"<stdin>:5:1: warning: deprecated\n" +
		"/usr/include/x.h:5:1: warning: not ours [-Wunused]\n" +
		"<stdin>:6:1: note: [-Wnot]\n"
	want := []Complaint{{3, "unused variable 'x'", "-Wunused-variable"}, {4, "expected ';'", ""}, {5, "deprecated", "-W"}}
	if d := cmp.Diff(want, complaints("<stdin>", said)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestCheck(t *testing.T) {
	cc, err := Find()
	if err != nil {
		t.Skip(err)
	}
	for _, c := range []struct {
		source string
		want   []Complaint
	}{
		{"int main(void) { return 0; }\n", nil},
		{"int main(void)\n{\n    int x;\n    return 0;\n}\n", []Complaint{{3, "", "-Wunused-variable"}}},
		{"int main(void)\n{\n    return nothing;\n}\n", []Complaint{{3, "", ""}}},
		{"int main(void)\n{\n    \"??/\"/*\"\n#include \"/etc/hostname\"\n*/\n", []Complaint{{3, "", ""}}},
	} {
		got, err := Check(t.Context(), cc, c.source)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			got[i].Text = ""
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s-want +got\n%s", c.source, d)
		}
	}
}

func TestCheckTellsABrokenCompiler(t *testing.T) {
	if _, err := Check(t.Context(), "/bin/false", ""); err == nil {
		t.Error("a compiler that fails without a word is no error")
	}
}

package cprog

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// The table says the same as the compiler: each header alone gives exactly the
// names that the table says it does.
func TestHeaderTableLikeTheCompiler(t *testing.T) {
	cc, err := exec.LookPath("gcc")
	if err != nil || runtime.GOOS != "linux" {
		t.Skip("there is no gcc with glibc on this machine")
	}
	if testing.Short() {
		t.Skip("asks the compiler once for each header")
	}
	for i, header := range headerNames {
		src, lines := probe(header)
		cmd := exec.Command(cc, "-std=c11", "-D_GNU_SOURCE", "-fmax-errors=0", "-w", "-fsyntax-only", "-x", "c", "-")
		cmd.Stdin = strings.NewReader(src)
		out, _ := cmd.CombinedOutput()
		if bytes.Contains(out, []byte("No such file")) {
			t.Logf("<%s> is not on this machine", header)
			continue
		}
		missing := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^<stdin>:(\d+):.* error: `).FindAllSubmatch(out, -1) {
			n, _ := strconv.Atoi(string(m[1]))
			missing[lines[n]] = true
		}
		for _, row := range headerRows {
			if given := row.mask&(1<<i) != 0; given == missing[row.name] {
				t.Errorf("<%s> and %s: the table says %v", header, row.name, given)
			}
		}
	}
}

// probe is a program that uses every name of the table, one a line, and which
// name is in which line.
func probe(header string) (src string, lines map[int]string) {
	var b strings.Builder
	fmt.Fprintf(&b, "#include <%s>\n", header)
	lines = map[int]string{}
	n := 1
	for i, row := range headerRows {
		use := fmt.Sprintf("void f%d(void) { (void)(%s); }", i, row.name)
		switch {
		case strings.HasPrefix(row.name, "struct "):
			use = fmt.Sprintf("int s%d[sizeof(%s)];", i, row.name)
		case typedefFor(row.name) != nil:
			use = fmt.Sprintf("extern %s *t%d;", row.name, i)
		}
		if call := libraryFor(row.name); call != nil || mentionsOthers(row.name) {
			fmt.Fprintf(&b, "#ifndef %s\n%s\n#endif\n", row.name, use)
			lines[n+2] = row.name
			n += 3
			continue
		}
		b.WriteString(use + "\n")
		n++
		lines[n] = row.name
	}
	return b.String(), lines
}

// mentionsOthers tells of macros whose values need something else: the header
// gives the name, and a program that uses it has more to include.
func mentionsOthers(name string) bool {
	return strings.HasPrefix(name, "IN6ADDR") || name == "SIOCINQ" || name == "SIOCOUTQ"
}

// What is known of the system can be used: some header gives it.
func TestConstantsHaveHeaders(t *testing.T) {
	for _, name := range []string{"SIOCOUTQ", "SIOCINQ", "FIONREAD", "O_EXCL", "SA_NODEFER", "SIG_BLOCK", "IP_PMTUDISC_DO", "IPV6_PKTINFO", "RLIMIT_NICE", "TCP_CLOSE_WAIT"} {
		if headersGiving(name) == 0 {
			t.Errorf("no header gives %s", name)
		}
	}
}

func TestHeaderRowsAreSorted(t *testing.T) {
	for i := 1; i < len(headerRows); i++ {
		if headerRows[i-1].name >= headerRows[i].name {
			t.Errorf("%s stands before %s", headerRows[i-1].name, headerRows[i].name)
		}
	}
	for i := 1; i < len(functions); i++ {
		if functions[i-1].name >= functions[i].name {
			t.Errorf("%s stands before %s", functions[i-1].name, functions[i].name)
		}
	}
	for _, f := range functions {
		if headersGiving(f.name) == 0 {
			t.Errorf("no header gives %s", f.name)
		}
		if _, ok := f.spec(); f.run == nil && !ok {
			t.Errorf("the table of calls has no %s", f.name)
		}
	}
}

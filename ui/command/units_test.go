package command

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
)

func TestMeant(t *testing.T) {
	names := []string{"tcp", "byte-order", "udp"}
	for _, test := range []struct{ typed, want string }{
		{"tpc", "did you mean tcp?"},
		{"TCP", "did you mean tcp?"},
		{"byteorder", "did you mean byte-order?"},
		{"byte", "did you mean byte-order?"},
		{"zzzzzzzz", "the lessons are tcp, byte-order, udp"},
		{"", "the lessons are tcp, byte-order, udp"},
	} {
		if got := meant(test.typed, names, "lessons"); got != test.want {
			t.Errorf("%q: %s, want %s", test.typed, got, test.want)
		}
	}
}

func TestApart(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ac", 1}, {"kitten", "sitting", 3}} {
		if got := apart(test.a, test.b); got != test.want {
			t.Errorf("%q, %q: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("x"), 1},
		{fmt.Errorf("y: %w", misuse("x")), 2},
		{&quietError{1}, 1},
		{fmt.Errorf("y: %w", &signalError{syscall.SIGTERM}), 143},
	} {
		if got := status(test.err); got != test.want {
			t.Errorf("%v: %d, want %d", test.err, got, test.want)
		}
	}
}

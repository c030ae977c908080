package watching

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"sockstep/netcore/compiler"
	"sockstep/netcore/tracer"
)

// language says how programs of one language are built and run.
type language struct {
	suffix string
	title  string
	tools  []string // one of them is needed
	// build makes NAME of FILE; nil where there is nothing to build. run is what runs
	// it, behind the tool; nil where NAME runs by itself.
	build, run func(name, file string) []string
	version    []string // what it tells its version for
	// itself asks an interpreter which file it is, for its name may be a script that
	// looks for it; empty where it is not.
	itself []string
}

var languages = []language{
	{suffix: ".c", title: "C", tools: []string{"cc", "gcc", "clang"}, version: []string{"--version"}, build: func(name, file string) []string {
		return []string{"-std=gnu11", "-Wall", "-Wextra", "-g", "-o", name, file}
	}},
	{suffix: ".go", title: "Go", tools: []string{"go"}, version: []string{"version"}, build: func(name, file string) []string {
		return []string{"build", "-o", name, file}
	}},
	{suffix: ".rs", title: "Rust", tools: []string{"rustc"}, version: []string{"--version"}, build: func(name, file string) []string {
		return []string{"-g", "-o", name, file}
	}},
	{suffix: ".py", title: "Python", tools: []string{"python3"}, version: []string{"--version"}, run: plainly, itself: []string{"-c", "import sys; print(sys.executable)"}},
	{suffix: ".js", title: "Node", tools: []string{"node"}, version: []string{"--version"}, run: plainly},
	{suffix: ".java", title: "Java", tools: []string{"java"}, version: []string{"--version"}, run: plainly},
	{suffix: ".pl", title: "Perl", tools: []string{"perl"}, version: []string{"-e", `print "perl $^V"`}, run: plainly},
}

func plainly(_, file string) []string { return []string{file} }

// fileName is what a program's file may be called.
var fileName = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z]+$`)

// Check reports what keeps a unit from being built, whatever this machine has.
func (u *Unit) Check() error {
	if _, ok := u.language(); !ok || !fileName.MatchString(u.File) {
		var endings []string
		for _, l := range languages {
			endings = append(endings, l.suffix)
		}
		return fmt.Errorf("the file %q: write small letters, digits and -, and one of %s", u.File, strings.Join(endings, " "))
	}
	if strings.ContainsRune(u.Source, 0) || strings.ContainsRune(strings.Join(u.Args, ""), 0) {
		return errors.New("the file or an argument holds a zero byte")
	}
	return nil
}

// Language is the name of the unit's language, "Go"; empty where the ending has none.
func (u *Unit) Language() string {
	l, _ := u.language()
	return l.title
}

func (u *Unit) language() (language, bool) {
	for _, l := range languages {
		if filepath.Ext(u.File) == l.suffix {
			return l, true
		}
	}
	return language{}, false
}

// Name is the program's name in a record: its file's, without the ending.
func (u *Unit) Name() string { return strings.TrimSuffix(u.File, filepath.Ext(u.File)) }

// Build is what builds the program, as one would type it; empty where nothing is to
// be built. Start is what starts it.
func (u *Unit) Build() string {
	l, ok := u.language()
	if !ok || l.build == nil {
		return ""
	}
	return strings.Join(append([]string{l.tools[0]}, l.build(u.Name(), u.File)...), " ")
}

// Start is what starts the program, as one would type it.
func (u *Unit) Start() string {
	l, _ := u.language()
	words := []string{"./" + u.Name()}
	if l.run != nil {
		words = append([]string{l.tools[0]}, l.run(u.Name(), u.File)...)
	}
	for _, a := range u.Args {
		words = append(words, quoted(a))
	}
	return strings.Join(words, " ")
}

// plainWord is a word that a shell takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// find returns the path of the tool. The error says in words that there is none.
func (l *language) find() (string, error) {
	for _, name := range l.tools {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	if l.title == "C" {
		return "", compiler.ErrNone
	}
	return "", fmt.Errorf("no %s here (%s)", l.title, strings.Join(l.tools, ", "))
}

// prepare builds the program in its folder and says how it is to be run.
func (l *language) prepare(ctx context.Context, dir, tool string, u Unit) (tracer.Program, error) {
	ctx, stop := context.WithTimeoutCause(ctx, Building, fmt.Errorf("building %s took longer than %v on this machine", u.File, Building))
	defer stop()
	p := tracer.Program{Name: u.Name(), Path: filepath.Join(dir, u.Name()), Dir: dir, Env: environment(dir)}
	switch {
	case l.build != nil:
		said, err := command(ctx, dir, tool, l.build(u.Name(), u.File)...)
		if err != nil {
			return p, notBuilt(ctx, u, said, err)
		}
		p.Args = []string{"./" + u.Name()}
	case l.itself != nil:
		said, err := command(ctx, dir, tool, l.itself...)
		if err != nil {
			return p, notBuilt(ctx, u, said, err)
		}
		tool = strings.TrimSpace(said)
		fallthrough
	default:
		p.Path = tool
		p.Args = append([]string{tool}, l.run(u.Name(), u.File)...)
	}
	p.Args = append(p.Args, u.Args...)
	return p, nil
}

func notBuilt(ctx context.Context, u Unit, said string, err error) error {
	if ctx.Err() != nil {
		return unavailable("%v", context.Cause(ctx))
	}
	first, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	if first == "" {
		first = err.Error()
	}
	return unavailable("%s does not build here: %s", u.File, strings.ReplaceAll(first, "\t", " "))
}

// command runs a tool in the program's folder and returns what it said. Nothing of it
// is left when it has ended.
func command(ctx context.Context, dir, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, environment(dir), time.Second
	together(cmd)
	var said clipped
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	return said.String(), err
}

// clipped keeps the first of what is written.
type clipped struct{ bytes.Buffer }

func (c *clipped) Write(b []byte) (int, error) {
	if room := mostOutput - c.Len(); room > 0 {
		c.Buffer.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}

// foreign are variables that would have a program or its tool do something else than
// elsewhere.
var foreign = []string{"RES_OPTIONS", "LOCALDOMAIN", "HOSTALIASES", "GETCONF_DIR", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS",
	"NODE_OPTIONS", "PYTHONSTARTUP", "PERL5OPT", "RUSTFLAGS", "GODEBUG", "GOFLAGS", "GOOS", "GOARCH", "LC_ALL", "TMPDIR"}

// environment is this process's, without what would change what is seen.
func environment(dir string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(foreign, name)
	})
	env = append(env, "LC_ALL=C", "TMPDIR="+dir, "PYTHONDONTWRITEBYTECODE=1",
		"CGO_ENABLED=0", "GO111MODULE=off", "GOWORK=off", "GOTOOLCHAIN=local", "GOTELEMETRY=off")
	if os.Getenv("HOME") == "" && os.Getenv("GOCACHE") == "" {
		env = append(env, "GOCACHE="+filepath.Join(dir, "cache"))
	}
	return env
}

// release is the first two numbers of a kernel's release.
var release = regexp.MustCompile(`^[0-9]+\.[0-9]+`)

// machine is a line about what the program ran on: the library and the tool. The
// kernel is told by the record.
func (l *language) machine(ctx context.Context, dir, tool string) string {
	var parts []string
	if path, err := exec.LookPath("getconf"); err == nil && l.title == "C" {
		if said, err := command(ctx, dir, path, "GNU_LIBC_VERSION"); err == nil {
			parts = append(parts, strings.TrimSpace(said))
		}
	}
	said, err := command(ctx, dir, tool, l.version...)
	if err != nil {
		said = l.title + ", version unknown"
	}
	said = firstLine(said)
	if l.title == "Node" {
		said = "node " + said // it says the number alone
	}
	return strings.Join(append(parts, said), ", ")
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(first)
}

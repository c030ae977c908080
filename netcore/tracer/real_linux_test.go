//go:build linux && (amd64 || arm64)

package tracer

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// freePort is a port nobody listens at just now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// listening waits until a traced program listens.
func (s *session) listening(name string) {
	s.t.Helper()
	s.await("listen of "+name, func(e Event) bool {
		return e.Kind == CallEvent && e.Call.Name == "listen" && strings.HasPrefix(e.Call.Process, name) && e.Call.Ret != nil && *e.Call.Ret == 0
	})
}

// called fails unless each call was made by a program or its children.
func (s *session) called(name string, calls ...string) {
	s.t.Helper()
	made := map[string]bool{}
	for _, e := range s.told() {
		if e.Kind == CallEvent && strings.HasPrefix(e.Call.Process, name) && e.Call.Ret != nil {
			made[e.Call.Name] = true
		}
	}
	for _, call := range calls {
		if !made[call] {
			s.t.Errorf("%s has not called %s; told:\n%s", name, call, transcript(s.told()))
		}
	}
}

// fetch runs curl under the tracer.
func (s *session) fetch(url, want string) {
	s.t.Helper()
	p, printed := program(s.t, need(s.t, "curl"), "-sS", "--noproxy", "*", "--max-time", "60", url)
	p.Name = "curl"
	number, _ := s.run(p)
	e, _ := s.await("end of curl", func(e Event) bool {
		return e.Kind == ProcessEvent && e.Process.Change == "end" && e.Program == number && e.Process.Name == "curl"
	})
	if e.Process.Status != 0 || printed() != want {
		s.t.Errorf("curl ended with %+v and printed %q, want %q", e.Process, printed(), want)
	}
}

func TestPythonServesCurl(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page"), []byte("the page"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{})
	port := fmt.Sprint(freePort(t))
	p, _ := program(t, need(t, python), "-m", "http.server", "--bind", "127.0.0.1", "--directory", dir, port)
	p.Name = "server"
	number, _ := s.run(p)
	s.listening("server")
	for range 3 {
		s.fetch("http://127.0.0.1:"+port+"/page", "the page")
	}
	if err := s.Kill(number, syscall.SIGINT); err != nil {
		t.Error(err)
	}
	if end := s.awaitEnd("server"); end.Signal != "" {
		t.Errorf("the server ended with %+v", end)
	}
	s.called("server", "bind", "accept4", "recv", "send", "shutdown")
	s.called("curl", "socket", "connect", "send", "recv")
}

func TestNginxServesCurl(t *testing.T) {
	nginx := need(t, "nginx")
	dir := t.TempDir()
	port := freePort(t)
	config := fmt.Sprintf(`daemon off; pid %[1]s/pid; error_log %[1]s/errors; worker_processes 2;
events { worker_connections 64; }
http {
	access_log off; sendfile on; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	server { listen 127.0.0.1:%[2]d; location / { root %[1]s; } }
}
`, dir, port)
	if os.Getuid() == 0 {
		config = "user root; " + config
	}
	for name, text := range map[string]string{"config": config, "page": "the page"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, Options{})
	p, printed := program(t, nginx, "-p", dir, "-c", filepath.Join(dir, "config"), "-e", filepath.Join(dir, "errors"))
	p.Name = "nginx"
	number, _ := s.run(p)
	s.listening("nginx")
	for range 3 {
		s.fetch(fmt.Sprintf("http://127.0.0.1:%d/page", port), "the page")
	}
	if err := s.Kill(number, syscall.SIGQUIT); err != nil {
		t.Error(err)
	}
	if end := s.awaitEnd("nginx"); end.Status != 0 || end.Signal != "" {
		t.Errorf("nginx ended with %+v: %q", end, printed())
	}
	s.called("nginx", "bind", "accept4", "recv", "writev", "sendfile")
}

func TestNetcatToSocat(t *testing.T) {
	socat, nc := need(t, "socat"), need(t, "nc")
	port := fmt.Sprint(freePort(t))
	s := open(t, Options{})
	// socat serves each connection in a child, which runs cat.
	p, _ := program(t, socat, "TCP4-LISTEN:"+port+",bind=127.0.0.1,fork,reuseaddr", "EXEC:cat")
	p.Name = "socat"
	number, _ := s.run(p)
	s.listening("socat")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p, printed := program(t, nc, "-N", "127.0.0.1", port)
	p.Name, p.Files[0] = "nc", r
	s.run(p)
	_ = r.Close()
	if _, err := io.WriteString(w, "said to socat\n"); err != nil {
		t.Error(err)
	}
	_ = w.Close()
	if end := s.awaitEnd("nc"); end.Status != 0 || end.Signal != "" || printed() != "said to socat\n" {
		t.Errorf("nc ended with %+v and printed %q", end, printed())
	}
	if err := s.Kill(number, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	s.awaitEnd("socat")
	s.called("socat", "bind", "listen", "read", "write", "socketpair")
	s.called("nc", "connect", "read", "write", "shutdown")
}

func TestRedis(t *testing.T) {
	server, client := need(t, "redis-server"), need(t, "redis-cli")
	port := fmt.Sprint(freePort(t))
	s := open(t, Options{})
	p, printed := program(t, server, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir())
	p.Name = "redis"
	s.run(p)
	s.listening("redis")
	for _, command := range [][]string{{"set", "key", "value"}, {"get", "key"}, {"shutdown", "nosave"}} {
		p, output := program(t, append([]string{client, "-p", port}, command...)...)
		p.Name = "cli" + command[0]
		s.run(p)
		end := s.awaitEnd(p.Name)
		if want := map[string]string{"set": "OK\n", "get": "value\n"}[command[0]]; output() != want || end.Status != 0 {
			t.Errorf("%s ended with %+v and printed %q", command, end, output())
		}
	}
	if end := s.awaitEnd("redis"); end.Status != 0 || end.Signal != "" {
		t.Errorf("redis ended with %+v: %s", end, printed())
	}
	s.called("redis", "bind", "listen", "read", "write")
	s.called("cliget", "connect", "poll")
}

// TestDebuggerInside runs a program that wants to trace its child, which has a tracer
// already: it says so.
func TestDebuggerInside(t *testing.T) {
	strace := need(t, "strace")
	s := open(t, Options{})
	p, printed := program(t, strace, "-f", "-o", "/dev/null", "/bin/echo", "hello")
	p.Name = "strace"
	s.run(p)
	end := s.awaitEnd("strace")
	if end.Status == 0 || end.Signal != "" || !strings.Contains(printed(), "not permitted") {
		t.Errorf("a program that traces its child ended with %+v and printed %q", end, printed())
	}
}

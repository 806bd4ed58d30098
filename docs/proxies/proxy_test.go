//go:build unix

package proxies_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// proxy is a program that runs with a file of this folder.
type proxy struct {
	name    string
	config  string
	changes func(where) map[string]string // what a person would change, by the text that stands there
	around  func(where, string) string    // what the file stands in
	command func(config string) []string
}

// where is what a proxy has to be told of this machine.
type where struct {
	folder, listen, port, app, symbolon, certificate, key string
}

var nginx = proxy{
	name: "nginx", config: "nginx.conf",
	changes: func(w where) map[string]string {
		return map[string]string{
			"127.0.0.1:3000":                        w.app,
			"127.0.0.1:8080":                        w.symbolon,
			"listen 443 ssl":                        "listen " + w.listen + " ssl",
			"/etc/ssl/certs/app.example.com.pem":    w.certificate,
			"/etc/ssl/private/app.example.com.key;": w.key + ";",
		}
	},
	around: func(w where, config string) string {
		return fmt.Sprintf(`daemon off; pid %[1]s/nginx.pid; error_log stderr warn; %[3]s
events { worker_connections 256; }
http {
	access_log off;
	client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
	include %[2]s;
}
`, w.folder, config, asRoot("user root;"))
	},
	command: func(config string) []string { return []string{"nginx", "-e", "stderr", "-c", config} },
}

var caddy = proxy{
	name: "Caddy", config: "Caddyfile",
	changes: func(w where) map[string]string {
		return map[string]string{
			"to 127.0.0.1:8080":            "to " + w.symbolon,
			"reverse_proxy 127.0.0.1:3000": "reverse_proxy " + w.app,
			"app.example.com {":            fmt.Sprintf("app.example.com:%s {\n\tbind 127.0.0.1\n\ttls %s %s", w.port, w.certificate, w.key),
		}
	},
	around: func(_ where, config string) string {
		return "{\n\tadmin off\n\tauto_https off\n}\nimport " + config + "\n"
	},
	command: func(config string) []string {
		return []string{"caddy", "run", "--adapter", "caddyfile", "--config", config}
	},
}

func asRoot(line string) string {
	if os.Geteuid() == 0 {
		return line // else the folder of the test is closed to the proxy's workers
	}
	return ""
}

// start runs the proxy until the test ends, and returns once it listens.
func (p proxy) start(t *testing.T, w where) {
	t.Helper()
	text, err := os.ReadFile(p.config)
	must(t, err)
	own := filepath.Join(w.folder, "own.conf")
	must(t, os.WriteFile(own, []byte(change(t, string(text), p.changes(w))), 0o600))
	whole := filepath.Join(w.folder, "whole.conf")
	must(t, os.WriteFile(whole, []byte(p.around(w, own)), 0o600))
	running := run(t, w.folder, found(t, p.command(whole)))
	giveUp := time.After(20 * time.Second)
	for {
		conn, err := net.Dial("tcp", w.listen)
		if err == nil {
			must(t, conn.Close())
			return
		}
		select {
		case <-running.ended:
			t.Fatalf("%s ended", p.name)
		case <-giveUp:
			t.Fatalf("%s does not listen: %v", p.name, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// found looks for the program also where Debian keeps what only root starts.
func found(t *testing.T, args []string) []string {
	t.Helper()
	for _, name := range []string{args[0], "/usr/sbin/" + args[0], "/usr/local/sbin/" + args[0]} {
		if path, err := exec.LookPath(name); err == nil {
			return append([]string{path}, args[1:]...)
		}
	}
	t.Fatalf("these tests need %s: run `make setup-test`", args[0])
	return nil
}

// change puts this machine's values into a file, only where the file invites to.
func change(t *testing.T, text string, changes map[string]string) string {
	t.Helper()
	lines := strings.Split(text, "\n")
	for old, fresh := range changes {
		found := false
		for i, line := range lines {
			if !strings.Contains(line, old) {
				continue
			}
			if !strings.Contains(line, "<--") && (i == 0 || !strings.Contains(lines[i-1], "<--")) {
				t.Errorf("the line is not marked as one to change: %s", line)
			}
			lines[i], found = strings.Replace(line, old, fresh, 1), true
		}
		if !found {
			t.Errorf("the file has no %q", old)
		}
	}
	return strings.Join(lines, "\n")
}

// process is a program that runs beside the test.
type process struct {
	ended chan struct{}

	mu   sync.Mutex
	said bytes.Buffer
}

// run runs a program until the test ends. A shell holds it, and ends it when its own input
// closes: also where the test's process is killed.
func run(t *testing.T, folder string, args []string) *process {
	t.Helper()
	const script = `{ "$@"; kill $$; } & cat >/dev/null 2>&1; kill 0`
	command := exec.Command("/bin/sh", append([]string{"-c", script, "sh"}, args...)...)
	command.Env = append(os.Environ(), "HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p := &process{ended: make(chan struct{})}
	command.Stdout, command.Stderr = p, p
	input, err := command.StdinPipe()
	must(t, err)
	must(t, command.Start())
	go func() {
		defer close(p.ended)
		_ = command.Wait() // a signal ends it
	}()
	t.Cleanup(func() {
		_ = input.Close() // it may have ended
		<-p.ended
		if t.Failed() {
			t.Logf("%s said:\n%s", args[0], p.said.String())
		}
	})
	return p
}

// Write takes what the program says.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

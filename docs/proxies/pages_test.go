//go:build unix

package proxies_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/symbolontest"
)

// expected is what the pages say of their three requests.
var expected = regexp.MustCompile(`(?s) 302.*/device-check\?app=bank&require=known&return=%2Faccounts.* 401.*insufficient_user_authentication.*200\n$`)

// The pages' commands, as they stand; curl alone is told where app.example.com is today.
func TestTheCommandsOfThePagesWork(t *testing.T) {
	program := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/symbolon").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, p := range map[string]proxy{"nginx.md": nginx, "caddy.md": caddy} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			service := symbolontest.Start(t, symbolontest.TrustProxies("127.0.0.0/8"))
			s := lay(t)
			s.raise(t, p, strings.TrimPrefix(service.URL, "http://"))
			answers := runPage(t, name, []string{
				"PATH=" + program + ":" + os.Getenv("PATH"), "CURL_HOME=" + s.curlHome(t),
				"SYMBOLON_URL=" + service.URL, "SYMBOLON_KEY=" + service.AdminKey,
			})
			if !expected.MatchString(answers) {
				t.Errorf("they answer\n%s", answers)
			}
		})
	}
}

// On the pages of proxies that don't run here, only what creates the app can be run.
func TestTheCommandsOfTheOtherPagesWork(t *testing.T) {
	program := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/symbolon").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"traefik.md", "envoy.md"} {
		service := symbolontest.Start(t)
		runPage(t, name, []string{"PATH=" + program + ":" + os.Getenv("PATH"), "SYMBOLON_URL=" + service.URL, "SYMBOLON_KEY=" + service.AdminKey})
		app, err := service.Admin.For("bank").GetApp(t.Context())
		must(t, err)
		if !slices.Contains(app.Origins, "https://"+host) {
			t.Errorf("%s: the app's origins are %v", name, app.Origins)
		}
	}
}

func runPage(t *testing.T, name string, environment []string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	must(t, err)
	var script strings.Builder
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		script.WriteString(block[1])
	}
	if script.Len() == 0 {
		t.Fatalf("%s has no commands", name)
	}
	command := exec.CommandContext(t.Context(), "bash", "-euc", script.String())
	command.Dir, command.Env = t.TempDir(), append(os.Environ(), environment...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// curlHome is a folder with curl's settings: where the app is, and whose word counts for it.
func (s *stand) curlHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	settings := "connect-to = \"" + host + ":443:" + s.listen + "\"\ncacert = \"" + s.certificate + "\"\n"
	must(t, os.WriteFile(filepath.Join(home, ".curlrc"), []byte(settings), 0o600))
	return home
}

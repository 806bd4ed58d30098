package docs_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// The page's commands, as they stand but for where the service is.
func TestTheCommandsOfForwardAuthWork(t *testing.T) {
	service := symbolontest.Start(t, symbolontest.TrustProxies("127.0.0.0/8"))
	_, err := service.Admin.CreateApp(t.Context(), symbolon.NewApp{ID: "acme", Name: "Acme", Origins: []string{"https://app.example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	script := strings.Join(blocks(read(t, "forward-auth.md"), "sh"), "\n")
	script = strings.Replace(script, "URL=http://127.0.0.1:8080", "URL="+service.URL, 1)
	command := exec.CommandContext(t.Context(), "bash", "-euc", script)
	command.Env = os.Environ()
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	answers := strings.Split(string(out), "HTTP/1.1 ")[1:]
	wanted := [][]string{
		{"302 Found", "Location: /device-check?app=acme&require=known&return=%2Faccounts%3Fpage%3D2\r\n"},
		{"401 Unauthorized", `acr_values="urn:symbolon:trusted"`},
		{"200 OK", "X-Symbolon-User: \r\n", "X-Symbolon-Token: \r\n"},
	}
	if len(answers) != len(wanted) || !strings.HasSuffix(string(out), "200\n") {
		t.Fatalf("the commands answer\n%s", out)
	}
	for i, parts := range wanted {
		for _, part := range parts {
			if !strings.Contains(answers[i], part) {
				t.Errorf("answer %d has no %q:\n%s", i+1, part, answers[i])
			}
		}
	}
}

// Every parameter and header of forward-auth that the page names is one, and none is left out.
func TestThePageOfForwardAuthIsWhole(t *testing.T) {
	page := read(t, "forward-auth.md")
	for file, names := range map[string][]string{
		"../server/pass_rule.go":    {"app", "require", "maxRisk", "maxAge", "redirect"},
		"../server/forward_auth.go": {"X-Symbolon-User", "X-Symbolon-Device", "X-Symbolon-Trusted", "X-Symbolon-Risk", "X-Symbolon-Bound", "X-Symbolon-Token", "Cookie"},
		"../server/proxied.go":      {"X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri", "X-Forwarded-Method"},
	} {
		code := read(t, file)
		for _, name := range names {
			if !strings.Contains(code, `"`+name+`"`) || !strings.Contains(page, "`"+name+"`") {
				t.Errorf("%s is not in both %s and the page", name, file)
			}
		}
	}
}

package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// The page's commands, as they stand but for where the provider is.
func TestTheCommandsOfTheOIDCPageWork(t *testing.T) {
	folder := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", folder, "../cmd/symbolon")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data := t.TempDir()
	service := symbolontest.Start(t, symbolontest.InFolder(data))
	if _, err := service.Admin.CreateApp(t.Context(), symbolon.NewApp{ID: "acme", Name: "Acme"}); err != nil {
		t.Fatal(err)
	}
	provider := symbolontest.NewProvider(t, "acme-web")
	for name, text := range map[string]string{
		"token.txt": provider.Token(t, "alice", nil), "secret.txt": provider.Issuer().Introspection.ClientSecret + "\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script := strings.Join(blocks(read(t, "oidc.md"), "sh"), "\n")
	script = strings.Replace(script, "ISSUER=https://id.example.com/realms/acme", "ISSUER="+provider.URL, 1)
	command := exec.CommandContext(t.Context(), "bash", "-euxc", script)
	command.Dir = folder
	command.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "URL="+service.URL,
		"SYMBOLON_URL="+service.URL, "SYMBOLON_KEY="+service.AdminKey, "SYMBOLON_DATA="+data)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		`"check":"issuers","health":"ok","detail":"` + provider.URL, "The token is good.", "User           alice", `{"items":[]`,
		`"issuer":"https://kratos.example.com/"`, `"endpoint":"http://127.0.0.1:4445/admin/oauth2/introspect"`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("nothing said %s:\n%s", want, out)
		}
	}
	app, err := service.Admin.For("acme").GetApp(t.Context())
	if err != nil || len(app.Issuers) != 4 {
		t.Errorf("the app lists %d issuers, %v", len(app.Issuers), err)
	}
}

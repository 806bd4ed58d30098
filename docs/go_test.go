package docs_test

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// The commands of the page for Go, as they stand but for where things listen.
func TestTheCommandsOfTheGoPageWork(t *testing.T) {
	service := symbolontest.Start(t)
	made, err := service.Admin.CreateApp(t.Context(), symbolon.NewApp{ID: "acme", Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	page := read(t, "go.md")
	script := strings.NewReplacer("http://127.0.0.1:8080", service.URL, "127.0.0.1:8090", freeAddress(t)).
		Replace(strings.Join(blocks(page, "sh"), "\n"))
	script = "trap 'kill $(jobs -p) || true' EXIT\n" + script // whatever becomes of it, the API ends
	command := exec.CommandContext(t.Context(), "bash", "-exc", script)
	command.Dir = ".."
	command.Env = append(os.Environ(), "SYMBOLON_KEY="+made.Credential.Key)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, want := range append(blocks(page, "http"), "HTTP/1.1 401 Unauthorized", `"code":"unauthenticated"`) {
		if !strings.Contains(string(out), strings.TrimSpace(want)) {
			t.Errorf("nothing answered %s:\n%s", want, out)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// What the page shows of the example is what stands in it.
func TestTheGoPageQuotesItsExample(t *testing.T) {
	source := flat(read(t, "../examples/api-go/main.go") + read(t, "../examples/api-go/main_test.go"))
	quotes := blocks(read(t, "go.md"), "go")
	if len(quotes) < 5 {
		t.Fatalf("found only %d quotes", len(quotes))
	}
	for _, quote := range quotes {
		if !strings.Contains(source, flat(quote)) {
			t.Errorf("the example has no such lines:\n%s", quote)
		}
	}
}

// flat is code without its indentation.
func flat(code string) string {
	var lines strings.Builder
	for line := range strings.Lines(code) {
		lines.WriteString(strings.TrimLeft(line, "\t"))
	}
	return lines.String()
}

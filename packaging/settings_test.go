package packaging_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/symbolontest"
)

// What is only proposed in the package's files must be right too.
func TestEverySettingThatIsProposedIsOne(t *testing.T) {
	proposed := regexp.MustCompile(`(?m)^#(\S+:)`).ReplaceAllString(read(t, "debian/symbolon.yaml"), "$1")
	if strings.Count(proposed, "\n#") == strings.Count(read(t, "debian/symbolon.yaml"), "\n#") {
		t.Fatal("nothing is proposed: does the test still understand the file?")
	}
	path := filepath.Join(t.TempDir(), "symbolon.yaml")
	write(t, path, proposed)
	command := exec.Command(program(t), "serve", "--config", path, "--listen", "127.0.0.1:0", "--data", t.TempDir())
	command.Env = []string{}
	p, err := symbolontest.Launch(command)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
}

func TestEverySecretThatIsProposedIsOne(t *testing.T) {
	help := run(t, exec.Command(program(t), "serve", "--help"))
	proposed := regexp.MustCompile(`(?m)^#(SYMBOLON_\w+)=`).FindAllStringSubmatch(read(t, "debian/symbolon.env"), -1)
	for _, name := range proposed {
		if !regexp.MustCompile(name[1] + `\b`).MatchString(help) {
			t.Errorf("the service does not tell of %s", name[1])
		}
	}
	if len(proposed) < 3 {
		t.Errorf("found only %d secrets: does the test still understand the file?", len(proposed))
	}
}

package web_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/web"
)

func TestThereIsAPageHoweverTheBinaryWasBuilt(t *testing.T) {
	page, err := fs.ReadFile(web.Demo(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	if !strings.Contains(text, "<title>Halfpenny") && !strings.Contains(text, "make build") {
		t.Errorf("this is neither the bank's page nor the one that says how to build it:\n%s", text)
	}
}

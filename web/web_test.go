package web_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/web"
)

// The server writes into the page what only it knows: the places have to be there, each once.
func TestThePageOfTheDeviceCheckHasPlacesToFillIn(t *testing.T) {
	page, err := fs.ReadFile(web.Check(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	if strings.Contains(text, "make build") {
		return // it was not built, and says so
	}
	for _, place := range []string{`name="symbolon-may-register" content="unknown"`, `name="symbolon-user" content=""`} {
		if strings.Count(text, place) != 1 {
			t.Errorf("the page has %s %d times", place, strings.Count(text, place))
		}
	}
	for _, name := range []string{"assets/check.js", "assets/check.css"} {
		if _, err := fs.Stat(web.Check(), name); err != nil || !strings.Contains(text, `"/device-check/`+name+`"`) {
			t.Errorf("the page does not load %s: %v", name, err)
		}
	}
}

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

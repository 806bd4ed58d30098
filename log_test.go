package symbolon_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

// Whoever adds a type adds it to the list, so that the log can be asked for it.
func TestEveryEventTypeIsListed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var defined []symbolon.EventType
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil || len(spec.Values) != 1 {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "EventType" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			defined = append(defined, symbolon.EventType(text))
		}
		return true
	})
	if listed := slices.Clone(symbolon.EventTypes); len(defined) == 0 || !slices.Equal(slices.Sorted(slices.Values(listed)), slices.Sorted(slices.Values(defined))) {
		t.Errorf("listed are %v; there are %v", listed, defined)
	}
}

// A user learns of a decision what they always did, and not what the reasons saw.
func TestAUserIsNotToldWhatReasonsSaw(t *testing.T) {
	for what, c := range map[string]struct{ kept, shown string }{
		"with a detail": {
			`{"recommendation":"CHALLENGE","secondFactor":"require","proofResult":"valid","action":"login","known":true,"trusted":false,"score":50,
				"reasons":[{"code":"os_changed","weight":100,"detail":"It was macOS and is Windows now."}]}`,
			`{"action":"login","known":true,"proofResult":"valid","reasons":[{"code":"os_changed","weight":100}],"recommendation":"CHALLENGE","score":50,"secondFactor":"require","trusted":false}`,
		},
		"without one": {`{"recommendation":"ALLOW","reasons":[{"code":"not_trusted"}]}`, `{"reasons":[{"code":"not_trusted"}],"recommendation":"ALLOW"}`},
	} {
		for _, by := range []symbolon.CallerKind{symbolon.CallerBackend, symbolon.CallerUser} {
			e := symbolon.Event{Type: symbolon.EventDeviceDecided, Actor: symbolon.Actor{Kind: by, ID: "x"}, Data: []byte(c.kept)}
			got := string(e.ForSelf().Data)
			if by == symbolon.CallerBackend && got != c.shown || strings.Contains(got, "detail") {
				t.Errorf("%s, by %s: %s; want %s", what, by, got, c.shown)
			}
			if string(e.Data) != c.kept {
				t.Errorf("%s: the record itself was changed: %s", what, e.Data)
			}
		}
	}
}

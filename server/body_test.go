package server_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/symbolon-id/symbolon/server"
)

var bodies = []struct {
	text string
	good bool
}{
	{`{"a":1,"b":{"a":2}}`, true},
	{`{"a:b":"c:d","\"":":"}`, true},
	{`{"a\\":1,"a":2}`, true},
	{`[{"a":1},{"a":1}]`, true},
	{`"::"`, true},
	{`{"a":1,"a":2}`, false},
	{`{"a":1,"\u0061":2}`, false},
	{`{"a":{"b":1,"b":1}}`, false},
	{`{"a":{"b":1},"a":{}}`, false},
	{`[[{"x":[{"k":null,"k":null}]}]]`, false},
	{`{"a":1}{`, false},
	{`{"a":1,}`, false},
	{`{'a':1}`, false},
	{"\"\xff\"", false},
	{``, false},
	{strings.Repeat("[", 31) + "1" + strings.Repeat("]", 31), true},
	{strings.Repeat("[", 40) + strings.Repeat("]", 40), false},
}

func TestBodiesAreReadStrictly(t *testing.T) {
	for _, c := range bodies {
		var tree any
		if err := server.ParseTree([]byte(c.text), &tree); (err == nil) != c.good {
			t.Errorf("%s: %v", c.text, err)
		}
	}
}

// Counting colons finds members that come twice as walking token by token does.
func FuzzBodies(f *testing.F) {
	for _, c := range bodies {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var tree any
		got := server.ParseTree([]byte(text), &tree) == nil
		want := utf8.ValidString(text) && json.Valid([]byte(text)) && onceEach(json.NewDecoder(strings.NewReader(text)))
		if got != want {
			t.Errorf("%q: read %t, want %t", text, got, want)
		}
	})
}

// onceEach walks one valid JSON text, and tells whether each object gives each member once
// and nothing lies deeper than bodies may.
func onceEach(dec *json.Decoder) bool {
	type level struct {
		object bool
		isKey  bool
		seen   map[string]bool
	}
	open := []*level{}
	deepest := 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return deepest <= 32
		}
		var top *level
		if len(open) > 0 {
			top = open[len(open)-1]
		}
		switch token {
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
			continue
		}
		if top != nil && top.object && top.isKey {
			if top.seen[token.(string)] {
				return false
			}
			top.seen[token.(string)], top.isKey = true, false
			continue
		}
		if top != nil {
			top.isKey = true
		}
		deepest = max(deepest, len(open)+1)
		if token == json.Delim('{') || token == json.Delim('[') {
			open = append(open, &level{object: token == json.Delim('{'), isKey: true, seen: map[string]bool{}})
		}
	}
}

package symbolon_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

func nested(depth int) string {
	return strings.Repeat(`{"a":`, depth-1) + "{}" + strings.Repeat("}", depth-1)
}

func lists(depth int) string {
	return `{"a":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + "}"
}

// wide is an object of n bytes.
func wide(n int) string {
	return `{"a":"` + strings.Repeat("x", n-len(`{"a":""}`)) + `"}`
}

func TestFreeObjects(t *testing.T) {
	for _, object := range []string{
		"", "null", "{}", `{"a":1,"b":[true,null,{"c":"d"}]}`, `{"name":"Zoë 👩‍💻"}`, `{"a":"\u00e9 \" \\ \/"}`, `{"n":-0.1e10}`,
		nested(8), lists(8), wide(8192), `{"a":[],"b":[],"c":[],"d":[],"e":[],"f":[],"g":[],"h":[],"i":[]}`,
	} {
		wantNone(t, symbolon.CheckObject("metadata", json.RawMessage(object)))
	}
}

func TestFreeObjectsThatAreRefused(t *testing.T) {
	const no, control = "must be a JSON object", "control characters"
	for object, words := range map[string]string{
		"[]": no, `"text"`: no, "1": no, "true": no, "{": no, "{}{}": no, "{} x": no, `{"a":1,}`: no, `{a:1}`: no, "{\"a\":\"\n\"}": no,
		wide(8193):             "at most 8192 bytes",
		nested(9):              "nested at most 8 deep",
		lists(9):               "nested at most 8 deep",
		nested(1000):           "nested at most 8 deep",
		`{"a":"\u0000"}`:       control,
		`{"a":"b\nc"}`:         control,
		`{"a":["b","\u001b"]}`: control,
		`{"a":"\u0085"}`:       control,
		"{\"a\":\"\u0085\"}":   control,
		`{"a\tb":1}`:           control,
		`{"a":{"\u007f":1}}`:   control,
		"{\"a\":\"\xff\"}":     "valid UTF-8",
		`{"a":1e999}`:          "beyond the range of a double",
	} {
		t.Run(object[:min(len(object), 30)], func(t *testing.T) {
			wantInvalid(t, symbolon.CheckObject("metadata", json.RawMessage(object)), "metadata", words)
		})
	}
}

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/symbolon-id/symbolon"
)

// readBody takes the whole body into memory, up to the route's limit, so that all that
// follows can read it, and nothing that follows waits for a client.
func (s *Server) readBody(rt *route, w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if !rt.takesBody {
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, rt.maxBody))
	if err != nil {
		return nil, bodyError(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if len(body) == 0 {
		return nil, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && (kind == jsonType || rt.mergePatch && kind == mergePatchType) {
		return body, nil
	}
	if err == nil && rt.takesForm && kind == formType {
		if body, err = formAsJSON(body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Set("Content-Type", jsonType)
		return body, nil
	}
	allowed := jsonType
	if rt.mergePatch {
		allowed += " or " + mergePatchType
	}
	if rt.takesForm {
		allowed += " or " + formType
	}
	return nil, symbolon.InvalidField("Content-Type", "must be %s", allowed)
}

const (
	jsonType       = "application/json"
	mergePatchType = "application/merge-patch+json"
)

func bodyError(err error) error {
	var large *http.MaxBytesError
	var slow net.Error
	switch {
	case errors.As(err, &large):
		return symbolon.Errorf(symbolon.ErrTooLarge, "the body must have at most %d bytes", large.Limit)
	case errors.As(err, &slow) && slow.Timeout():
		return symbolon.Errorf(symbolon.ErrInvalidRequest, "the body did not arrive in time")
	}
	return symbolon.Errorf(symbolon.ErrInvalidRequest, "the body did not arrive whole")
}

// strictJSON is JSON as the API reads it: what huma validates first is a tree, and making
// that tree is where members that come twice are found.
var strictJSON = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if tree, ok := v.(*any); ok {
			return parseTree(data, tree)
		}
		return jsonError(json.Unmarshal(data, v))
	},
}

// jsonError is the error in words that show no value and no Go type.
func jsonError(err error) error {
	var own *symbolon.Error
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s has a value that is out of range or of the wrong type", kind.Field)
	}
	return errors.New("the body has a value that is out of range or of the wrong type")
}

// maxDepth is how deep a body may be nested. Free objects have a lower limit of their own.
const maxDepth = 32

func parseTree(data []byte, tree *any) error {
	if !utf8.Valid(data) || json.Unmarshal(data, tree) != nil {
		return errors.New("the body must be one JSON value in UTF-8, with nothing after it")
	}
	members, deep := measure(*tree, 1)
	switch {
	case deep > maxDepth:
		return fmt.Errorf("the body must be nested at most %d deep", maxDepth)
	case members != countMembers(data):
		return errors.New("the body must give every member once")
	}
	return nil
}

// measure counts the members of all objects in a tree, and how deep it is.
func measure(tree any, depth int) (members, deepest int) {
	deepest = depth
	add := func(child any) {
		m, d := measure(child, depth+1)
		members, deepest = members+m, max(deepest, d)
	}
	switch t := tree.(type) {
	case map[string]any:
		members = len(t)
		for _, child := range t {
			add(child)
		}
	case []any:
		for _, child := range t {
			add(child)
		}
	}
	return members, deepest
}

// countMembers counts the members that valid JSON writes: its colons outside of strings.
// Where a member comes twice there are more of them than in the tree.
func countMembers(data []byte) (n int) {
	inString := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			inString = !inString
		case c == '\\':
			i++ // stands in strings only, and what it escapes ends none
		case c == ':' && !inString:
			n++
		}
	}
	return n
}

package server

import (
	"strconv"
	"strings"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// versioned is a JSON body with the strong ETag (RFC 9110 §8.8.3) of its version.
type versioned[T any] struct {
	ETag string `header:"ETag" doc:"Names this version, for If-Match"`
	Body T
}

func newVersioned[T any](version int64, body T) *versioned[T] {
	return &versioned[T]{ETag: strconv.Quote(strconv.FormatInt(version, 10)), Body: body}
}

// ifMatch is the version that a write wants to replace (RFC 9110 §13.1.1). A tag that was
// never ours, or a weak one, matches nothing.
func ifMatch(header string) (int64, error) {
	tag := strings.TrimSpace(header)
	if tag == "" || tag == "*" {
		return registry.AnyVersion, nil
	}
	if strings.Contains(tag, ",") {
		return 0, symbolon.InvalidField("If-Match", "must be one ETag")
	}
	quoted, ok := strings.CutPrefix(tag, `"`)
	digits, closed := strings.CutSuffix(quoted, `"`)
	version, err := strconv.ParseInt(digits, 10, 64)
	if !ok || !closed || err != nil || version < 0 {
		return 0, symbolon.Errorf(symbolon.ErrPreconditionFailed, "If-Match is not the ETag of the present version")
	}
	return version, nil
}

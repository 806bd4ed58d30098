package server

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// Ids may be any text, and stand in paths percent-encoded. What a router would quietly
// read as another path or query is refused, and nothing is ever redirected.
func checkURL(u *url.URL) error {
	escaped := u.EscapedPath()
	clean := path.Clean(escaped)
	if strings.HasSuffix(escaped, "/") && clean != "/" {
		clean += "/"
	}
	if clean != escaped {
		return symbolon.Errorf(symbolon.ErrNotFound, "the path has an empty segment, or . or .. as one; an id like that is written %%2E or %%2E%%2E")
	}
	if strings.Contains(u.Path, "\x00") {
		return symbolon.Errorf(symbolon.ErrInvalidRequest, "an id must not contain control characters")
	}
	if u.RawQuery == "" || u.Path == forwardAuthPath { // that one holds the query of another request
		return nil
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return symbolon.Errorf(symbolon.ErrInvalidRequest, "the query is not well-formed: write each member as name=value, percent-encoded")
	}
	for name, values := range query {
		if len(values) > 1 {
			return symbolon.InvalidField(shorten(name), "must be given once")
		}
	}
	return nil
}

// http.ServeMux takes a segment that is just a slash, %2F, for the end of the path. So an
// id like that goes past it as this one, which checkURL lets nobody else have.
const (
	slash        = "/"
	hiddenSlash  = "\x00/"
	escapedSlash = "%2F"
	hiddenEscape = "%00%2F"
)

// hideSlashes gives the request for the router.
func hideSlashes(r *http.Request) {
	segments := strings.Split(r.URL.EscapedPath(), "/")
	found := false
	for i, s := range segments {
		if strings.EqualFold(s, escapedSlash) {
			segments[i], found = hiddenEscape, true
		}
	}
	if !found {
		return
	}
	hidden := *r.URL
	hidden.RawPath = strings.Join(segments, "/")
	hidden.Path, _ = url.PathUnescape(hidden.RawPath) // it was well-formed before
	r.URL = &hidden
}

// showSlashes gives the ids back after the router.
func (rt *route) showSlashes(r *http.Request) {
	for _, name := range rt.ids {
		if r.PathValue(name) == hiddenSlash {
			r.SetPathValue(name, slash)
		}
	}
}

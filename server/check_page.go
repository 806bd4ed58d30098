package server

import (
	"html"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// checkPolicy lets the page do nothing but load its own script and style and call us.
const checkPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// What the page's text says where the server fills something in.
const (
	mayRegisterUnknown = `name="symbolon-may-register" content="unknown"`
	userUnknown        = `name="symbolon-user" content=""`
)

// checkFiles are the page of /device-check and what it loads, read once.
type checkFiles struct {
	page   string
	assets assets
}

// readCheck panics where a file can't be read: they are part of the program.
func readCheck(files fs.FS) *checkFiles {
	return &checkFiles{page: mustRead(files, "index.html"), assets: readAssets(files)}
}

// showCheck shows the page. Whether it may offer to register this browser follows from
// the assertion that the proxy added, if it did.
func (s *Server) showCheck(w http.ResponseWriter, r *http.Request) {
	app := symbolon.AppID(r.URL.Query().Get("app"))
	err := s.enterCheck(r, app)
	var user *symbolon.Assertion
	if err == nil {
		user, err = s.assertion(r, app)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	text := s.check.page
	fill := func(place, member, value string) {
		text = strings.Replace(text, place, strings.TrimSuffix(place, member)+`content="`+html.EscapeString(value)+`"`, 1)
	}
	fill(mayRegisterUnknown, `content="unknown"`, strconv.FormatBool(user != nil))
	if user != nil {
		fill(userUnknown, `content=""`, string(user.UserID))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", checkPolicy)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
}

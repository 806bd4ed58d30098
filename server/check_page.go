package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"io/fs"
	"mime"
	"net/http"
	"path"
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
	assets map[string]asset
}

type asset struct {
	kind, tag string
	body      []byte
}

// readCheck panics where a file can't be read: they are part of the program.
func readCheck(files fs.FS) *checkFiles {
	page, err := fs.ReadFile(files, "index.html")
	if err != nil {
		panic(fmt.Sprintf("server: the page of the device check: %v", err))
	}
	c := &checkFiles{page: string(page), assets: map[string]asset{}}
	_ = fs.WalkDir(files, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err // a page that loads nothing has no such folder
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			panic(fmt.Sprintf("server: the page of the device check: %v", err))
		}
		sum := sha256.Sum256(body)
		c.assets[strings.TrimPrefix(name, "assets/")] = asset{
			kind: or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream"),
			tag:  strconv.Quote(base64.RawURLEncoding.EncodeToString(sum[:12])), body: body,
		}
		return nil
	})
	return c
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

// showAsset shows a file of the page. Its name stays the same from release to release, so
// that a browser has to ask whether it changed.
func (s *Server) showAsset(w http.ResponseWriter, r *http.Request) {
	found, ok := s.check.assets[r.PathValue("name")]
	if !ok {
		s.refuse(w, r, symbolon.Errorf(symbolon.ErrNotFound, "there is nothing at this path"))
		return
	}
	w.Header().Set("Content-Type", found.kind)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Etag", found.tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(found.body))
}

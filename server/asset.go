package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// assets are what a page loads, by name, read once.
type assets map[string]asset

type asset struct {
	kind, tag string
	body      []byte
}

// mustRead panics where a file can't be read: they are part of the program.
func mustRead(files fs.FS, name string) string {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		panic(fmt.Sprintf("server: a page: %v", err))
	}
	return string(text)
}

func readAssets(files fs.FS) assets {
	found := assets{}
	_ = fs.WalkDir(files, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err // a page that loads nothing has no such folder
		}
		body := []byte(mustRead(files, name))
		sum := sha256.Sum256(body)
		found[strings.TrimPrefix(name, "assets/")] = asset{
			kind: or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream"),
			tag:  strconv.Quote(base64.RawURLEncoding.EncodeToString(sum[:12])), body: body,
		}
		return nil
	})
	return found
}

// show serves the file that the path names. Its name stays the same from release to
// release, so that a browser has to ask whether it changed.
func (a assets) show(s *Server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		found, ok := a[r.PathValue("name")]
		if !ok {
			s.refuse(w, r, symbolon.Errorf(symbolon.ErrNotFound, "there is nothing at this path"))
			return
		}
		w.Header().Set("Content-Type", found.kind)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Etag", found.tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(found.body))
	}
}

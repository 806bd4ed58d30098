// Package web holds the pages that the binary serves. The bundler makes them in each
// page's dist folder; a binary that was built without Node compiles all the same, and its
// pages say how to build them.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:demo/dist all:check/dist all:portal/dist all:account/dist
var built embed.FS

//go:embed unbuilt
var unbuilt embed.FS

// Demo gives the pages of the example bank: index.html, staff.html and what they load, or
// index.html alone where they were not built.
func Demo() fs.FS { return pages("demo/dist") }

// Portal gives the page at /admin: index.html and assets, or index.html alone where it was
// not built.
func Portal() fs.FS { return pages("portal/dist") }

// Account gives the page of /account/{app}: index.html, a template that the server fills in,
// words.json with its words in each language, and assets/; or nil where it was not built.
func Account() fs.FS {
	if _, err := fs.Stat(built, "account/dist/index.html"); err != nil {
		return nil
	}
	return sub(built, "account/dist")
}

// Check gives the page of /device-check: index.html, and what it loads, in assets/. The
// server fills in two places of index.html: content="unknown" becomes "true" or "false",
// whether this browser may be registered, and name="symbolon-user" content="" gets the id
// of the user whom the request's assertion names.
func Check() fs.FS { return pages("check/dist") }

// pages gives a folder of built pages, or the one that says that they were not built.
func pages(folder string) fs.FS {
	if _, err := fs.Stat(built, folder+"/index.html"); err == nil {
		return sub(built, folder)
	}
	return sub(unbuilt, "unbuilt")
}

// sub is fs.Sub for a folder that was embedded above.
func sub(files fs.FS, folder string) fs.FS {
	inside, err := fs.Sub(files, folder)
	if err != nil {
		panic("web: " + err.Error())
	}
	return inside
}

package server

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page's text
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/symbolon-id/symbolon"
)

//go:embed docs.html
var docsText string

//go:embed docs.css
var docsStyle string

// openAPI answers with the API's description.
func (s *Server) openAPI() http.HandlerFunc {
	text, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		panic(fmt.Sprintf("server: the description does not marshal: %v", err))
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", jsonType)
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(text) //nolint:errcheck // a client that left has no use for it
	}
}

// docs answers with a page that says the same to people. It is made once, holds no
// script, and asks for nothing from outside.
func (s *Server) docs() http.HandlerFunc {
	page := template.Must(template.New("docs").Funcs(template.FuncMap{
		"operations": s.operations, "fields": s.fields, "type": typeName, "prose": prose,
	}).Parse(docsText))
	var text bytes.Buffer
	description := s.api.OpenAPI()
	if err := page.Execute(&text, map[string]any{
		"Info": description.Info, "Tags": description.Tags, "Kinds": kindRows(), "Version": s.version,
		"Style": template.CSS(docsStyle), //nolint:gosec // our own, embedded
	}); err != nil {
		panic(fmt.Sprintf("server: the docs page does not render: %v", err))
	}
	sum := sha256.Sum256([]byte(docsStyle))
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(text.Bytes()) //nolint:errcheck // a client that left has no use for it
	}
}

// problem leads from a problem's type to its description.
func (s *Server) problem(w http.ResponseWriter, r *http.Request) {
	code := symbolon.Code(r.PathValue("code"))
	if kindOf(code).code != code {
		s.refuse(w, r, symbolon.Errorf(symbolon.ErrNotFound, "there is no such code"))
		return
	}
	http.Redirect(w, r, "/docs#"+string(code), http.StatusSeeOther)
}

type kindRow struct {
	Code, Title string
	Status      int
}

func kindRows() []kindRow {
	rows := make([]kindRow, len(kinds))
	for i, k := range kinds {
		rows[i] = kindRow{string(k.code), k.title, k.status}
	}
	return rows
}

// operations are those of a tag, in the order of their paths.
func (s *Server) operations(tag string) []*huma.Operation {
	var found []*huma.Operation
	for _, item := range s.api.OpenAPI().Paths {
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if o != nil && slices.Contains(o.Tags, tag) {
				found = append(found, o)
			}
		}
	}
	slices.SortFunc(found, func(a, b *huma.Operation) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	return found
}

// field is a line about a member of a body.
type field struct {
	Name, Type, Description string
	Required                bool
}

func (s *Server) fields(body *huma.RequestBody) []field {
	if body == nil {
		return nil
	}
	schema := body.Content[jsonType].Schema
	if schema.Ref != "" {
		schema = s.api.OpenAPI().Components.Schemas.SchemaFromRef(schema.Ref)
	}
	var lines []field
	for name, member := range schema.Properties {
		lines = append(lines, field{name, typeName(member), member.Description, slices.Contains(schema.Required, name)})
	}
	slices.SortFunc(lines, func(a, b field) int { return strings.Compare(a.Name, b.Name) })
	return lines
}

// typeName is a schema's type in a word or two.
func typeName(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case len(s.AnyOf) > 0:
		var names []string
		for _, one := range s.AnyOf {
			names = append(names, typeName(one))
		}
		return strings.Join(names, " or ")
	case s.Type == huma.TypeArray:
		return "array of " + typeName(s.Items)
	case len(s.Enum) > 0:
		return strings.ReplaceAll(strings.Trim(fmt.Sprint(s.Enum), "[]"), " ", " | ")
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	}
	return s.Type
}

// prose takes the marks out of the little Markdown that the description has.
func prose(text string) []string {
	return strings.Split(strings.NewReplacer("**", "", "`", "").Replace(text), "\n\n")
}

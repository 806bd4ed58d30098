package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// document is the part of CycloneDX 1.6 that is used here.
type document struct {
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	SerialNumber string       `json:"serialNumber,omitempty"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Timestamp time.Time `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type       string      `json:"type"`
	Ref        string      `json:"bom-ref"`
	Name       string      `json:"name"`
	Version    string      `json:"version,omitempty"`
	PURL       string      `json:"purl,omitempty"`
	Hashes     []digest    `json:"hashes,omitempty"`
	Properties []property  `json:"properties,omitempty"`
	Components []component `json:"components,omitempty"`
}

type digest struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// describe lists every module that is in any of the programs, the standard library as one of them.
func describe(version string, at time.Time, programs []program) (document, error) {
	main := component{Type: "application", Name: programs[0].info.Main.Path, Version: version}
	main.PURL = purl(main.Name, version)
	main.Ref = main.PURL
	modules := map[string]component{}
	for _, p := range programs {
		main.Components = append(main.Components, component{
			Type: "file", Ref: "file:" + p.name, Name: p.name, Hashes: []digest{{"SHA-256", p.sha256}},
		})
		std := library(debug.Module{Path: "std", Version: strings.TrimPrefix(p.info.GoVersion, "go")})
		modules[std.Ref] = std
		for _, m := range p.info.Deps {
			c := library(*m)
			modules[c.Ref] = c
		}
	}
	doc := document{
		Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Components: []component{},
		Metadata: metadata{Timestamp: at, Component: main},
	}
	needs := dependency{Ref: main.Ref}
	for _, c := range modules {
		doc.Components = append(doc.Components, c)
		needs.DependsOn = append(needs.DependsOn, c.Ref)
	}
	slices.SortFunc(doc.Components, func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	slices.Sort(needs.DependsOn)
	doc.Dependencies = []dependency{needs}
	return numbered(doc)
}

// library is a module as it was built in, so the one that replaces it where one does.
func library(m debug.Module) component {
	if m.Replace != nil {
		m = *m.Replace
	}
	c := component{Type: "library", Name: m.Path, Version: m.Version, PURL: purl(m.Path, m.Version)}
	c.Ref = c.PURL
	if m.Sum != "" {
		c.Properties = []property{{"go:sum", m.Sum}}
	}
	return c
}

// purl is the package URL, where a version may hold what a URL may not.
func purl(path, version string) string {
	return "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B")
}

// numbered gives the document a serial number of its content (RFC 9562, version 5).
func numbered(doc document) (document, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return doc, err
	}
	doc.SerialNumber = "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, text).String()
	return doc, nil
}

func hash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

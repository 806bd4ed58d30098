package sqlstore

import (
	"bytes"
	"encoding/json"
	"unicode"
	"unicode/utf8"

	"github.com/symbolon-id/symbolon"
)

// maxFreeText is the most characters of a reason or a name of any kind: far above what
// the service lets through, since this is only the last line.
const maxFreeText = 4096

// field is a text on its way into the database.
type field struct {
	name  string
	value string
}

// checkTexts refuses what is not UTF-8 or holds control characters. PostgreSQL can't
// keep 0x00 at all, and what is kept is later put into logs, headers and pages.
func checkTexts(fields ...field) error {
	for _, f := range fields {
		if plain(f.value) {
			continue
		}
		if err := symbolon.CheckOptionalText(f.name, f.value, maxFreeText); err != nil {
			return err
		}
	}
	return nil
}

// checkIDs is for texts that name something, which are never empty or long.
func checkIDs(fields ...field) error {
	for _, f := range fields {
		if f.value != "" && len(f.value) <= symbolon.MaxText && plain(f.value) {
			continue
		}
		if err := symbolon.CheckText(f.name, f.value); err != nil {
			return err
		}
	}
	return nil
}

// plain tells at a glance that a text is short and printable ASCII, as most are.
func plain(s string) bool {
	if len(s) > maxFreeText {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// checkJSON refuses a document that is not JSON in UTF-8, or whose strings hold control
// characters, also behind an escape.
func checkJSON(name string, doc json.RawMessage) error {
	if len(doc) == 0 {
		return nil
	}
	if !utf8.Valid(doc) {
		return symbolon.InvalidField(name, "must be valid UTF-8")
	}
	if !json.Valid(doc) {
		return symbolon.InvalidField(name, "must be JSON")
	}
	if bytes.IndexByte(doc, '\\') < 0 && bytes.IndexFunc(doc, isC1) < 0 {
		return nil // without an escape, valid JSON has no other control characters in its strings
	}
	return checkStrings(name, doc, unicode.IsControl)
}

// checkLaidOut is checkJSON for documents whose strings may stand on several lines, as
// conditions of a policy do. What is kept has the escapes, and no such character.
func checkLaidOut(name string, doc json.RawMessage) error {
	if !bytes.Contains(doc, []byte(`\n`)) && !bytes.Contains(doc, []byte(`\t`)) || !utf8.Valid(doc) || !json.Valid(doc) {
		return checkJSON(name, doc)
	}
	return checkStrings(name, doc, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

func isC1(r rune) bool { return r >= 0x7f && unicode.IsControl(r) }

// checkStrings walks through the tokens, since only a decoder knows what an escape means.
func checkStrings(name string, doc json.RawMessage, bad func(rune) bool) error {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	for {
		token, err := dec.Token()
		if err != nil {
			return nil // the end: the document is valid JSON
		}
		if s, ok := token.(string); ok && bytes.IndexFunc([]byte(s), bad) >= 0 {
			return symbolon.InvalidField(name, "must not contain control characters")
		}
	}
}

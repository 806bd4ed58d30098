package sqlstore

import (
	"encoding/json"
	"strings"
)

// dialect is all that differs between the statements of the two databases.
type dialect struct {
	number int // its place in a statement's texts
	words  *strings.Replacer
}

var (
	sqlite = &dialect{0, strings.NewReplacer(
		"{for_share}", "",
		"{returning_id}", "", // the driver tells it, and costs less than a row
		"{for_update}", "",
		"{ints}", "(SELECT value FROM json_each($2))",
		"{texts}", "(SELECT value FROM json_each($2))",
	)}
	postgres = &dialect{1, strings.NewReplacer(
		"{for_share}", "FOR SHARE",
		"{returning_id}", "RETURNING id",
		"{for_update}", "FOR UPDATE",
		"{ints}", "(SELECT unnest($2::bigint[]))",
		"{texts}", "(SELECT unnest($2::text[]) AS value)",
	)}
)

// statement is one SQL statement in both dialects, under the name that its latency is
// observed by.
type statement struct {
	name   string
	texts  [2]string
	shared string // with which several callers' may run together, in the words of PostgreSQL, or ""

	// changes is what of standings it changes. The app and the id of that are its first
	// two arguments.
	changes extent
}

// defined are all statements but those that are built as they are asked for: a test holds
// what each one writes against what it is marked by.
var defined []*statement

// define makes a statement of a text that both databases understand, but for the words
// in braces. It is for variables of the package, as defineEach is.
func define(name, text string) *statement {
	return defineEach(name, sqlite.words.Replace(text), postgres.words.Replace(text))
}

// defineEach makes a statement of a text for each database.
func defineEach(name, sqlite, postgres string) *statement {
	s := &statement{name: name, texts: [2]string{sqlite, postgres}}
	defined = append(defined, s)
	return s
}

// built is a statement that only reads, whose text is made as it is asked for.
func built(name, text string) *statement {
	return &statement{name: name, texts: [2]string{text, text}}
}

// prune makes a statement that deletes the rows of a table whose time is before the first
// argument, the oldest first, and no more than the second says. PostgreSQL would read the
// whole table to find a few by their keys.
func prune(name, table, key, when string) *statement {
	some := ` FROM ` + table + ` WHERE ` + when + ` < $1 ORDER BY ` + when + ` LIMIT $2`
	return defineEach(name,
		`DELETE FROM `+table+` WHERE (`+key+`) IN (SELECT `+key+some+`)`,
		`DELETE FROM `+table+` WHERE ctid = ANY(ARRAY(SELECT ctid`+some+`))`)
}

// share marks the statements of a decision, which many callers run at once. Together with
// others' one must not wait for a row that is locked: it passes over it.
func share(s *statement) *statement {
	s.shared = strings.Replace(postgres.text(s), "FOR SHARE", "FOR SHARE SKIP LOCKED", 1)
	return s
}

// changing marks a statement by what of standings it changes.
func changing(e extent, s *statement) *statement {
	s.changes = e
	return s
}

func (d *dialect) text(s *statement) string { return s.texts[d.number] }

// list is the second argument of a statement with {ints} or {texts} in it.
func list[T any](d *dialect, values []T) any {
	if d == postgres {
		return values
	}
	return jsonText(values)
}

// jsonText is how SQLite takes many values at once.
func jsonText(values any) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	return string(text)
}

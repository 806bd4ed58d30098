package main

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// output is the form in which a command prints what was asked for.
type output struct {
	JSON  bool `name:"json" xor:"form" help:"Print JSON, one record on a line: the default where the output is no terminal."`
	Table bool `name:"table" xor:"form" help:"Print for people: the default on a terminal."`
}

func (o output) asJSON(m *Main) bool { return o.JSON || !o.Table && !isTerminal(m.Stdout) }

// one prints a record: as JSON, or as the text that is made of it for people.
func (o output) one(m *Main, record any, text func(io.Writer)) error {
	if o.asJSON(m) {
		return encode(m.Stdout, record)
	}
	var b strings.Builder
	text(&b)
	_, err := io.WriteString(m.Stdout, b.String())
	return err
}

// encode writes JSON as it is read best: < and & in a name stay what they are.
func encode(w io.Writer, record any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(record)
}

// tableRows is how many rows of a long table share their widths; so many are kept in mind.
const tableRows = 200

// printList prints records as they come: JSON lines, or a table with a last line where it
// is empty.
func printList[T any](m *Main, o output, t table[T], items iter.Seq2[T, error]) error {
	var rows []T
	printed := false
	for item, err := range items {
		switch {
		case err != nil:
			return err
		case o.asJSON(m):
			if err := encode(m.Stdout, item); err != nil {
				return err
			}
			continue
		}
		if rows = append(rows, item); len(rows) == tableRows {
			if err := t.print(m.Stdout, rows, !printed); err != nil {
				return err
			}
			rows, printed = rows[:0], true
		}
	}
	switch {
	case o.asJSON(m), printed && len(rows) == 0:
		return nil
	case len(rows) == 0:
		_, err := fmt.Fprintf(m.Stdout, "There are no %s.\n", t.of)
		return err
	}
	return t.print(m.Stdout, rows, !printed)
}

// each gives a list that is there whole.
func each[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// ago is a time as people say it, seen from now.
func ago(t *time.Time, now time.Time) string {
	if t == nil {
		return "never"
	}
	d := now.Sub(*t)
	switch {
	case d.Abs() < 10*time.Second:
		return "now"
	case d < 0:
		return "in " + span(-d)
	}
	return span(d) + " ago"
}

func span(d time.Duration) string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{
		{365 * symbolon.Day, "year"},
		{30 * symbolon.Day, "month"},
		{symbolon.Day, "day"},
		{time.Hour, "hour"},
		{time.Minute, "minute"},
		{time.Second, "second"},
	} {
		if n := d / unit.size; n == 1 {
			return "1 " + unit.name
		} else if n > 1 {
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "a moment"
}

// fact is a line of what is known of one record.
type fact struct{ name, value string }

// printFacts prints those that are known, aligned.
func printFacts(w io.Writer, title string, facts ...fact) {
	width := 0
	for _, f := range facts {
		if f.value != "" {
			width = max(width, textWidth(f.name))
		}
	}
	fmt.Fprintf(w, "%s\n\n", plain(title))
	for _, f := range facts {
		if f.value != "" {
			fmt.Fprintf(w, "  %s  %s\n", pad(f.name, width), plain(f.value))
		}
	}
}

// moment is a time for a list of facts: exact, and as people say it.
func moment(t *time.Time, now time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339) + " (" + ago(t, now) + ")"
}

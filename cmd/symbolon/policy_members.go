package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// members are the leaves of a JSON document, by their paths.
type members map[string]string

func (m members) read(document json.RawMessage) error { return m.add("", document) }

func (m members) add(path string, value json.RawMessage) error {
	var object map[string]json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace(value), []byte("{")) {
		if err := json.Unmarshal(value, &object); err != nil {
			return err
		}
	}
	if len(object) == 0 && path != "" {
		var short bytes.Buffer
		if err := json.Compact(&short, value); err != nil {
			return err
		}
		m[path] = short.String()
		return nil
	}
	for name, part := range object {
		if path != "" {
			name = path + "." + name
		}
		if err := m.add(name, part); err != nil {
			return err
		}
	}
	return nil
}

func (m members) names() []string { return slices.Sorted(maps.Keys(m)) }

// memberChange is a member that differs. What is absent on a side is null there.
type memberChange struct {
	Member string          `json:"member"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

type memberChanges []memberChange

// compare gives the members that differ between two documents.
func compare(before, after json.RawMessage) (memberChanges, error) {
	was, is := members{}, members{}
	if err := was.read(before); err != nil {
		return nil, err
	}
	if err := is.read(after); err != nil {
		return nil, err
	}
	both := maps.Clone(was)
	maps.Copy(both, is)
	changes := memberChanges{}
	for _, name := range both.names() {
		old, had := was[name]
		now, has := is[name]
		if had == has && old == now || emptied(name, both) {
			continue
		}
		changes = append(changes, memberChange{name, orNull(old), orNull(now)})
	}
	return changes, nil
}

// emptied tells of an object that is empty on one side only: what it holds on the other is
// told of itself.
func emptied(name string, all members) bool {
	if all[name] != "{}" {
		return false
	}
	for other := range all {
		if len(other) > len(name) && other[:len(name)+1] == name+"." {
			return true
		}
	}
	return false
}

func orNull(text string) json.RawMessage {
	if text == "" {
		return json.RawMessage("null")
	}
	return json.RawMessage(text)
}

// print shows each change on a line: + is new, - is gone, ~ is another value.
func (changes memberChanges) print(w io.Writer) {
	if len(changes) == 0 {
		fmt.Fprintln(w, "Nothing differs.")
		return
	}
	var grid [][]string
	for _, c := range changes {
		switch before, after := string(c.Before), string(c.After); {
		case before == "null" && after != "null":
			grid = append(grid, []string{"+", c.Member, after})
		case after == "null" && before != "null":
			grid = append(grid, []string{"-", c.Member, before})
		default:
			grid = append(grid, []string{"~", c.Member, before + " → " + after})
		}
	}
	io.WriteString(w, layOut(grid, 0)) //nolint:errcheck // a builder takes all
}

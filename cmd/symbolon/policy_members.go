package main

import (
	"bytes"
	"encoding/json"
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

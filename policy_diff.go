package symbolon

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// PolicyChange is one value in which two policies differ.
type PolicyChange struct {
	Path   string          `json:"path" doc:"Such as limits.devices, actions.login.require or rules[old apps].when"`
	Before json.RawMessage `json:"before" doc:"null where there was none"`
	After  json.RawMessage `json:"after" doc:"null where there is none any more"`
}

// DiffPolicies tells by which effective values two documents differ, sorted by path: what
// a document leaves out counts as its default, and no document as all defaults. Rules are
// matched by name; one that is new or gone is one change. Values out of range are not
// refused, so that a document of an earlier release can be shown.
func DiffPolicies(before, after json.RawMessage) ([]PolicyChange, error) {
	var sides [2]any
	for i, doc := range []json.RawMessage{before, after} {
		var err error
		if sides[i], err = effective(doc); err != nil {
			return nil, err
		}
	}
	changes, err := diff([]PolicyChange{}, "", sides[0], sides[1])
	slices.SortFunc(changes, func(a, b PolicyChange) int { return strings.Compare(a.Path, b.Path) })
	return changes, err
}

// effective is the document with its defaults filled in, as plain JSON values. Its rules
// are an object by name.
func effective(doc json.RawMessage) (any, error) {
	p := DefaultPolicy()
	if len(doc) > 0 {
		if err := readStrict("a policy", doc, &p); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	var values map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil {
		return nil, err
	}
	for _, r := range p.Rules {
		values["rules["+r.Name+"]"] = map[string]any{"priority": r.Priority, "when": r.When, "recommend": r.Recommend, "mode": r.Mode}
	}
	delete(values, "rules")
	return values, nil
}

// diff appends the changes from a to b, where nil stands for nothing.
func diff(changes []PolicyChange, path string, a, b any) ([]PolicyChange, error) {
	before, isObject := a.(map[string]any)
	after, areObjects := b.(map[string]any)
	if !isObject || !areObjects {
		return diffValue(changes, path, a, b)
	}
	names := maps.Clone(before)
	maps.Copy(names, after)
	for name := range names {
		var err error
		if changes, err = diff(changes, strings.TrimPrefix(path+"."+name, "."), before[name], after[name]); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

func diffValue(changes []PolicyChange, path string, a, b any) ([]PolicyChange, error) {
	before, err := asWritten(a)
	if err != nil {
		return nil, err
	}
	after, err := asWritten(b)
	if err != nil || bytes.Equal(before, after) {
		return changes, err
	}
	return append(changes, PolicyChange{path, before, after}), nil
}

// asWritten is the JSON of a value with & and < as a person wrote them: conditions have both.
func asWritten(v any) (json.RawMessage, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(text.Bytes()), err
}

package oidc

import (
	"encoding/json"
	"regexp"
	"slices"
	"time"
)

// claims are those of a token, or of an answer about one; numbers are json.Number.
type claims map[string]any

// has tells whether a claim is there. null is as good as absence.
func (c claims) has(name string) bool { return c[name] != nil }

// text is a claim that is a text, not an empty one.
func (c claims) text(name string) (string, bool) {
	s, ok := c[name].(string)
	return s, ok && s != ""
}

// texts are the values of a claim that has one or a list of them: texts, numbers and truth
// values in the form that JSON writes them.
func (c claims) texts(name string) (all []string) {
	list, ok := c[name].([]any)
	if !ok {
		list = []any{c[name]}
	}
	for _, value := range list {
		switch v := value.(type) {
		case string:
			all = append(all, v)
		case json.Number:
			all = append(all, v.String())
		case bool:
			all = append(all, map[bool]string{true: "true", false: "false"}[v])
		}
	}
	return all
}

// audience is one text or a list of them and nothing else (RFC 7519 §4.1.3).
func (c claims) audience() []string {
	if one, ok := c["aud"].(string); ok {
		return []string{one}
	}
	list, _ := c["aud"].([]any)
	var all []string
	for _, value := range list {
		if s, ok := value.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// latest is the end of the year 9999, in seconds.
const latest = 253402300799

// moment is a claim that is a NumericDate (RFC 7519 §2), to the microsecond. Where it is
// there and is none, it is refused.
func (c claims) moment(name string) (at time.Time, there bool, err error) {
	if !c.has(name) {
		return time.Time{}, false, nil
	}
	n, _ := c[name].(json.Number)
	seconds, err := n.Float64()
	if err != nil || seconds < 0 || seconds > latest {
		return time.Time{}, true, refuse("has a claim %s that is no time in seconds since 1970", name)
	}
	return time.UnixMicro(int64(seconds * 1e6)).UTC(), true, nil
}

var wholeNumber = regexp.MustCompile(`^[0-9]{1,40}$`)

// name is a claim that names someone: a text, or a whole number as JSON writes it.
func (c claims) name(claim string) (string, bool) {
	if n, ok := c[claim].(json.Number); ok {
		return n.String(), wholeNumber.MatchString(n.String())
	}
	return c.text(claim)
}

// matched is the first value of the claim that is wanted.
func (c claims) matched(name string, wanted []string) (string, bool) {
	for _, value := range c.texts(name) {
		if slices.Contains(wanted, value) {
			return value, true
		}
	}
	return "", false
}

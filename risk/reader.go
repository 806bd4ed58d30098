package risk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// reader walks JSON text that json.Valid has accepted, so it never meets a
// syntax error. encoding/json alone would not do: it keeps the last of two
// equal members and can't name the member whose type is wrong.
type reader struct {
	raw string // a string, so that what is read from it needs no copy
	at  int
}

// depth counts how deep objects and arrays are nested in valid JSON.
func depth(text string) int {
	deepest, level, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}

// peek skips white space and returns the next byte without taking it.
func (r *reader) peek() byte {
	for strings.IndexByte(" \t\r\n", r.raw[r.at]) >= 0 {
		r.at++
	}
	return r.raw[r.at]
}

// take takes the next byte if it is c.
func (r *reader) take(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.at++
	return true
}

// null takes a null: a known member that is null counts as missing.
func (r *reader) null() bool {
	if r.peek() != 'n' {
		return false
	}
	r.scalar()
	return true
}

// scalar takes a number, true, false or null and returns its text.
func (r *reader) scalar() string {
	r.peek()
	start := r.at
	for r.at < len(r.raw) && strings.IndexByte(" \t\r\n,]}", r.raw[r.at]) < 0 {
		r.at++
	}
	return r.raw[start:r.at]
}

// quoted takes a string and returns what it stands for.
func (r *reader) quoted() string {
	r.peek()
	start, plain := r.at, true
	for r.at++; r.raw[r.at] != '"'; r.at++ {
		if r.raw[r.at] == '\\' {
			plain = false
			r.at++
		}
	}
	r.at++
	if plain {
		return r.raw[start+1 : r.at-1]
	}
	var s string
	_ = json.Unmarshal([]byte(r.raw[start:r.at]), &s) // a valid literal always decodes
	return s
}

// object calls visit for each member, once its name is taken. The visitor
// must take the value.
func (r *reader) object(member string, visit func(name string) error) error {
	if r.null() {
		return nil
	}
	if !r.take('{') {
		return fmt.Errorf("%s must be an object", member)
	}
	var room [16]string
	names := room[:0]
	for !r.take('}') {
		r.take(',')
		name := r.quoted()
		if slices.Contains(names, name) {
			return fmt.Errorf("%s must have each member once, but %.64q appears twice", member, name)
		}
		if names = append(names, name); len(names) > maxMembers {
			return fmt.Errorf("%s must have at most %d members", member, maxMembers)
		}
		r.take(':')
		if err := visit(name); err != nil {
			return err
		}
	}
	return nil
}

// array calls visit for each item, which the visitor must take.
func (r *reader) array(member string, limit int, visit func() error) error {
	if r.null() {
		return nil
	}
	if !r.take('[') {
		return fmt.Errorf("%s must be a list", member)
	}
	for n := 0; !r.take(']'); n++ {
		if n == limit {
			return fmt.Errorf("%s must have at most %d items", member, limit)
		}
		r.take(',')
		if err := visit(); err != nil {
			return err
		}
	}
	return nil
}

// ignore takes a value that nobody asked for. Duplicates are refused in it
// too, so that no two readers of one request can see different things.
func (r *reader) ignore(member string) error {
	switch r.peek() {
	case '{':
		return r.object(member, func(string) error { return r.ignore(member) })
	case '[':
		return r.array(member, MaxSignalsBytes, func() error { return r.ignore(member) })
	case '"':
		r.quoted()
	default:
		r.scalar()
	}
	return nil
}

func (r *reader) string(member string, out *string) error { return r.text(member, out, maxText) }

func (r *reader) text(member string, out *string, limit int) error {
	if r.null() {
		return nil
	}
	if r.peek() == '"' {
		*out = r.quoted()
		if len(*out) <= limit && strings.IndexFunc(*out, unicode.IsControl) < 0 {
			return nil
		}
	}
	return fmt.Errorf("%s must be text of at most %d bytes without control characters", member, limit)
}

func (r *reader) strings(member string, out *[]string, limit int) error {
	return r.array(member, limit, func() error {
		var s string
		err := r.string(member, &s)
		*out = append(*out, s)
		return err
	})
}

func (r *reader) integer(member string, out *int, most int) error {
	if r.null() {
		return nil
	}
	if c := r.peek(); c >= '0' && c <= '9' {
		n, err := strconv.Atoi(r.scalar())
		if err == nil && n <= most {
			*out = n
			return nil
		}
	}
	return fmt.Errorf("%s must be a whole number from 0 to %d", member, most)
}

func (r *reader) number(member string, out *float64, most float64) error {
	if r.null() {
		return nil
	}
	if c := r.peek(); c >= '0' && c <= '9' {
		n, err := strconv.ParseFloat(r.scalar(), 64)
		if err == nil && n <= most {
			*out = n
			return nil
		}
	}
	return fmt.Errorf("%s must be a number from 0 to %v", member, most)
}

func (r *reader) flag(member string, out *bool) error {
	switch r.peek() {
	case 't', 'f':
		*out = r.scalar() == "true"
		return nil
	case 'n':
		r.null()
		return nil
	}
	return fmt.Errorf("%s must be true or false", member)
}

func (r *reader) optionalFlag(member string, out **bool) error {
	if r.null() {
		return nil
	}
	*out = new(bool)
	return r.flag(member, *out)
}

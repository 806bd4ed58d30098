package symbolon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// MaxObject is the most bytes that a free JSON object in a record may have.
const MaxObject = 8 << 10

// maxObjectDepth is how deep a free object may be nested; the object itself counts.
const maxObjectDepth = 8

// CheckObject takes a JSON object of bounded size and depth without control characters,
// or nothing.
func CheckObject(field string, raw json.RawMessage) error {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return nil
	case len(raw) > MaxObject:
		return InvalidField(field, "must have at most %d bytes", MaxObject)
	case !utf8.Valid(raw):
		return InvalidField(field, "must be valid UTF-8")
	case raw[0] != '{' || !json.Valid(raw):
		return InvalidField(field, "must be a JSON object")
	}
	return checkTokens(field, raw)
}

// checkTokens looks at what only a decoder sees: nesting, and control characters that
// hide behind an escape.
func checkTokens(field string, raw json.RawMessage) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	depth := 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil { // it is valid JSON, so nothing else can be wrong
			return InvalidField(field, "must not have numbers beyond the range of a double")
		}
		switch t := tok.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				depth++
			} else {
				depth--
			}
			if depth > maxObjectDepth {
				return InvalidField(field, "must be nested at most %d deep", maxObjectDepth)
			}
		case string:
			if err := CheckOptionalText(field, t, MaxObject); err != nil {
				return err
			}
		}
	}
}

// readStrict reads one JSON object onto the struct that v points to, and keeps what the
// object leaves out, in maps too. Unlike encoding/json it matches names exactly and
// refuses unknown members, repeated ones, and null where there is nothing to switch off.
// Errors name the member by its path.
func readStrict(what string, doc json.RawMessage, v any) error {
	return strictReader{refuse}.read(what, doc, v)
}

// strictReader reads like [readStrict]. What is wrong with a member it gives to wrong, and
// goes on without that member where wrong gives nil.
type strictReader struct{ wrong func(error) error }

func refuse(err error) error { return err }

func (r strictReader) read(what string, doc json.RawMessage, v any) error {
	if !utf8.Valid(doc) {
		return Errorf(ErrInvalidRequest, "%s must be valid UTF-8", what)
	}
	var whole json.RawMessage
	if err := json.Unmarshal(doc, &whole); err != nil {
		return Errorf(ErrInvalidRequest, "%s must be one JSON object: %v", what, err)
	}
	if whole[0] != '{' {
		return Errorf(ErrInvalidRequest, "%s must be one JSON object", what)
	}
	return r.value("", whole, reflect.ValueOf(v).Elem())
}

func (r strictReader) value(path string, doc json.RawMessage, v reflect.Value) error {
	if string(doc) == "null" {
		if v.Kind() != reflect.Pointer {
			return InvalidField(path, "must not be null; leave it out for the default")
		}
		v.SetZero()
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return r.value(path, doc, v.Elem())
	case reflect.Struct:
		return r.members(path, doc, func(at, name string, value json.RawMessage) error {
			return r.field(at, name, value, v)
		})
	case reflect.Map:
		return r.members(path, doc, func(at, name string, value json.RawMessage) error {
			return r.entry(at, name, value, v)
		})
	case reflect.Slice:
		return r.list(path, doc, v)
	}
	return readLeaf(path, doc, v)
}

// members calls read for each member of an object, with its path and name.
func (r strictReader) members(path string, doc json.RawMessage, read func(at, name string, value json.RawMessage) error) error {
	if doc[0] != '{' {
		return InvalidField(path, "must be a JSON object")
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	if _, err := dec.Token(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		name := tok.(string) // valid JSON has strings only before its colons
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		at := strings.TrimPrefix(path+"."+name, ".")
		if seen[name] {
			err = InvalidField(at, "is given twice")
		} else {
			err = read(at, name, value)
		}
		seen[name] = true
		if err != nil {
			if err := r.wrong(err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r strictReader) field(at, name string, value json.RawMessage, v reflect.Value) error {
	var names []string
	for i := range v.NumField() {
		known, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if known == name {
			return r.value(at, value, v.Field(i))
		}
		names = append(names, known)
	}
	return InvalidField(at, "is not known; there are %s", strings.Join(names, ", "))
}

func (r strictReader) entry(at, name string, value json.RawMessage, v reflect.Value) error {
	key := reflect.ValueOf(name).Convert(v.Type().Key())
	entry := reflect.New(v.Type().Elem()).Elem()
	if before := v.MapIndex(key); before.IsValid() {
		entry.Set(before)
	}
	if err := r.value(at, value, entry); err != nil {
		return err
	}
	v.SetMapIndex(key, entry)
	return nil
}

// list replaces the list that is there.
func (r strictReader) list(path string, doc json.RawMessage, v reflect.Value) error {
	var values []json.RawMessage
	if err := json.Unmarshal(doc, &values); err != nil {
		return InvalidField(path, "must be a list")
	}
	list := reflect.MakeSlice(v.Type(), len(values), len(values))
	for i, value := range values {
		if err := r.value(fmt.Sprintf("%s[%d]", path, i), value, list.Index(i)); err != nil {
			if err := r.wrong(err); err != nil {
				return err
			}
		}
	}
	v.Set(list)
	return nil
}

func readLeaf(path string, doc json.RawMessage, v reflect.Value) error {
	err := json.Unmarshal(doc, v.Addr().Interface())
	var own *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own): // a duration's
		return &Error{Code: own.Code, Field: path, Message: path + ": " + own.Message}
	case v.Kind() == reflect.Bool:
		return InvalidField(path, "must be true or false")
	case v.Kind() == reflect.Int:
		return InvalidField(path, "must be a whole number")
	}
	return InvalidField(path, "must be a string")
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// record is one of a file, with the line that it begins on.
type record struct {
	line  int
	value symbolon.TrustedDevice
}

// recordError is what is wrong with a record, and where.
type recordError struct {
	line int
	text string
}

func (e *recordError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.text) }

// recordReader reads trusted devices one after another: a JSON array of them, or one after
// the other, as on lines of their own.
type recordReader struct {
	dec     *json.Decoder
	lines   *lineCounter
	started bool
	inArray bool
}

func newRecordReader(r io.Reader) *recordReader {
	lines := &lineCounter{from: r}
	return &recordReader{dec: json.NewDecoder(lines), lines: lines}
}

// next gives the next record, or io.EOF. After a *recordError that is about one record the
// reader goes on; any other error ends it.
func (r *recordReader) next() (record, error) {
	if !r.started {
		if err := r.start(); err != nil {
			return record{}, err
		}
	}
	if !r.dec.More() {
		return record{}, r.finish()
	}
	var raw json.RawMessage
	if err := r.dec.Decode(&raw); err != nil {
		return record{}, r.broken(err)
	}
	begin := r.dec.InputOffset() - int64(len(raw))
	found := record{line: r.lines.at(begin)}
	value, place, err := readRecord(raw)
	if err != nil {
		return found, &recordError{found.line + bytes.Count(raw[:place], []byte("\n")), err.Error()}
	}
	found.value = value
	return found, nil
}

// start looks whether the file is an array.
func (r *recordReader) start() error {
	r.started = true
	first, err := r.lines.peek()
	if err != nil || first != '[' {
		return err
	}
	r.inArray = true
	_, err = r.dec.Token()
	return err
}

// finish sees that nothing comes after an array.
func (r *recordReader) finish() error {
	if r.inArray {
		if _, err := r.dec.Token(); err != nil {
			return r.broken(err)
		}
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return &brokenFile{fmt.Sprintf("line %d: there is more after the records", r.lines.at(r.dec.InputOffset()))}
	}
	return io.EOF
}

// brokenFile is a file that can't be read to its end.
type brokenFile struct{ text string }

func (e *brokenFile) Error() string { return e.text }

func (r *recordReader) broken(err error) error {
	line := r.lines.at(r.dec.InputOffset())
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &brokenFile{fmt.Sprintf("line %d: the file ends within a record or a list", r.lines.last())}
	}
	return &brokenFile{fmt.Sprintf("at or after line %d: this is not JSON: %s", line, err)}
}

// readRecord reads one strictly. With an error comes the place of the member at fault.
func readRecord(raw json.RawMessage) (r symbolon.TrustedDevice, place int64, err error) {
	if strictly(raw, &r) != nil {
		place, err = memberFault(raw)
		return r, place, err
	}
	if _, err = r.Device("import", ""); err == nil {
		return r, 0, nil
	}
	var own *symbolon.Error
	if errors.As(err, &own) {
		eachMember(raw, func(name string, _ json.RawMessage, at int64) bool {
			if name == own.Field {
				place = at
			}
			return true
		})
	}
	return r, place, err
}

func strictly(raw json.RawMessage, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

// memberFault finds the first member that does not fit, by reading each alone.
func memberFault(raw json.RawMessage) (place int64, err error) {
	err = errors.New("must be a JSON object")
	eachMember(raw, func(name string, value json.RawMessage, at int64) bool {
		key, _ := json.Marshal(name) // a string always marshals
		fault := strictly(fmt.Appendf(nil, `{%s:%s}`, key, value), &symbolon.TrustedDevice{})
		if fault == nil {
			return true
		}
		place, err = at, fmt.Errorf("%s %s", name, whatIsAllowed(fault))
		return false
	})
	return place, err
}

func whatIsAllowed(fault error) string {
	var kind *json.UnmarshalTypeError
	var moment *time.ParseError
	switch {
	case errors.As(fault, &kind):
		return "must not be a JSON " + strings.SplitN(kind.Value, " ", 2)[0]
	case errors.As(fault, &moment), strings.HasPrefix(fault.Error(), "Time.UnmarshalJSON"):
		return "must be an RFC 3339 time such as 2024-01-15T10:00:00Z, or null"
	}
	return "is not a member of a trusted device"
}

// eachMember visits the members of an object, with the place where each begins, until
// visit says no.
func eachMember(raw json.RawMessage, visit func(name string, value json.RawMessage, at int64) bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return
	}
	for dec.More() {
		token, err := dec.Token()
		name, ok := token.(string)
		at := dec.InputOffset() - 1 // its closing quote
		var value json.RawMessage
		if err != nil || !ok || dec.Decode(&value) != nil || !visit(name, value, at) {
			return
		}
	}
}

// lineCounter tells the line of a place in what is read through it. It is asked for places
// in rising order, and forgets what is before them.
type lineCounter struct {
	from   io.Reader
	read   int64   // bytes
	ends   []int64 // places of line ends that are not behind yet
	behind int     // line ends before the last place
	head   []byte  // what was read to look ahead
}

func (l *lineCounter) Read(b []byte) (int, error) {
	if len(l.head) > 0 {
		n := copy(b, l.head)
		l.head = l.head[n:]
		return n, nil
	}
	return l.fill(b)
}

func (l *lineCounter) fill(b []byte) (int, error) {
	n, err := l.from.Read(b)
	for i, c := range b[:n] {
		if c == '\n' {
			l.ends = append(l.ends, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

// peek gives the first byte that is no white space, before anything is read.
func (l *lineCounter) peek() (byte, error) {
	for {
		one := make([]byte, 1)
		n, err := l.fill(one)
		if n == 1 {
			l.head = append(l.head, one[0])
			if !bytes.ContainsAny(one, " \t\r\n") {
				return one[0], nil
			}
		}
		if err != nil {
			return 0, err
		}
	}
}

// at is the line of a place, from 1.
func (l *lineCounter) at(place int64) int {
	n := 0
	for n < len(l.ends) && l.ends[n] < place {
		n++
	}
	l.ends = l.ends[n:]
	l.behind += n
	return l.behind + 1
}

func (l *lineCounter) last() int { return l.behind + len(l.ends) + 1 }

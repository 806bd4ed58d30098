package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxText is the most characters that a text of a proof may have.
const maxText = 255

// shape names the members that one kind of JSON object may have.
type shape struct {
	name    string
	failure error
	members []string
	secret  []string // members that only a private or symmetric key has
	open    bool     // other members are passed over, not refused
}

// reader walks JSON whose members are all known beforehand (RFC 8259). Unlike
// encoding/json it matches names exactly, and refuses unknown and repeated members,
// lone surrogates and data after the end. The first failure stays.
type reader struct {
	text  string
	at    int
	shape *shape
	err   error
}

// object reads one object; read is called at the value of each member and consumes it.
func (r *reader) object(s *shape, read func(member string)) {
	outer := r.shape
	r.shape = s
	seen := 0
	r.expect('{')
	for first := true; r.err == nil && !(first && r.found('}')); first = false {
		name := r.string()
		i := slices.Index(s.members, name)
		switch {
		case r.err != nil:
			return
		case slices.Contains(s.secret, name):
			r.fail("has the secret member %q: a private key must never leave its device", name)
		case i < 0 && s.open:
			r.skip()
		case i < 0:
			r.fail("has the member %s; allowed are %s", quote(name), strings.Join(s.members, ", "))
		case seen&(1<<i) != 0:
			r.fail("has the member %q twice", name)
		case r.expect(':'):
			seen |= 1 << i
			read(name)
		}
		if !r.found(',') {
			r.expect('}')
			break
		}
	}
	r.shape = outer
}

// skip passes over the value of a member that is not known.
func (r *reader) skip() {
	if !r.expect(':') {
		return
	}
	var value json.RawMessage
	d := json.NewDecoder(strings.NewReader(r.text[r.at:]))
	if err := d.Decode(&value); err != nil {
		r.fail("needs a JSON value at byte %d", r.at)
		return
	}
	r.at += int(d.InputOffset())
}

// lastDate is the last second of the year 9999: later, and a time has no text (RFC 3339).
const lastDate = 253402300799

// date reads a NumericDate (RFC 7519 §2), and drops what it has beyond whole seconds.
func (r *reader) date(member string) time.Time {
	r.space()
	start := r.at
	for r.at < len(r.text) && strings.IndexByte("+-.0123456789Ee", r.text[r.at]) >= 0 {
		r.at++
	}
	text := r.text[start:r.at]
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !json.Valid([]byte(text)) || seconds < 0 || seconds > lastDate {
		r.fail("member %q must be a number of seconds since 1970", member)
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

// end refuses anything but white space after the value.
func (r *reader) end() error {
	if r.space(); r.err == nil && r.at < len(r.text) {
		r.fail("has data after its end")
	}
	return r.err
}

// printable reads a string of 1 to limit characters without control characters.
func (r *reader) printable(member string, limit int) string {
	s := r.string()
	if r.err != nil {
		return ""
	}
	if s == "" || len(s) > limit && utf8.RuneCountInString(s) > limit {
		r.fail("member %q must have 1 to %d characters", member, limit)
	} else if strings.IndexFunc(s, unicode.IsControl) >= 0 {
		r.fail("member %q must not have control characters", member)
	}
	return s
}

// string reads a string. Without escapes it is a part of the text: no copy is made.
func (r *reader) string() string {
	if !r.expect('"') {
		return ""
	}
	start := r.at
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return r.text[start : r.at-1]
		case c == '\\':
			return r.unescape(r.text[start:r.at])
		case c < ' ':
			r.fail("has a bare control character")
			return ""
		}
	}
	r.fail("ends within a string")
	return ""
}

// unescape reads on from the first escape of a string that began with plain.
func (r *reader) unescape(plain string) string {
	var b strings.Builder
	b.WriteString(plain)
	for r.err == nil && r.at < len(r.text) {
		c := r.text[r.at]
		r.at++
		switch {
		case c == '"':
			return b.String()
		case c == '\\':
			b.WriteRune(r.escape())
		case c < ' ':
			r.fail("has a bare control character")
		default:
			b.WriteByte(c)
		}
	}
	r.fail("ends within a string")
	return ""
}

// escape reads what follows a backslash.
func (r *reader) escape() rune {
	if r.at == len(r.text) {
		r.fail("ends within a string")
		return 0
	}
	c := r.text[r.at]
	r.at++
	switch c {
	case '"', '\\', '/':
		return rune(c)
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		return r.codePoint()
	}
	r.fail("has an unknown escape")
	return 0
}

// codePoint reads the digits of a \u escape, or of two where they are a surrogate pair.
func (r *reader) codePoint() rune {
	c := r.hex()
	if !utf16.IsSurrogate(c) {
		return c
	}
	if strings.HasPrefix(r.text[r.at:], `\u`) {
		r.at += 2
		if pair := utf16.DecodeRune(c, r.hex()); pair != utf8.RuneError {
			return pair
		}
	}
	r.fail("has half of a surrogate pair")
	return 0
}

func (r *reader) hex() rune {
	if digits := r.text[r.at:]; len(digits) >= 4 {
		if n, err := strconv.ParseUint(digits[:4], 16, 16); err == nil {
			r.at += 4
			return rune(n)
		}
	}
	r.fail("has an escape without four digits")
	return 0
}

// space skips insignificant white space.
func (r *reader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// found consumes c if it comes next.
func (r *reader) found(c byte) bool {
	r.space()
	if r.err != nil || r.at == len(r.text) || r.text[r.at] != c {
		return false
	}
	r.at++
	return true
}

// expect fails unless c comes next.
func (r *reader) expect(c byte) bool {
	if r.found(c) {
		return true
	}
	r.fail("needs %q at byte %d", c, r.at)
	return false
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s %s", r.shape.failure, r.shape.name, fmt.Sprintf(format, args...))
	}
}

// isObject reports whether the text is a JSON object at all, whatever its members.
func isObject(text string) bool {
	return utf8.ValidString(text) && strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") && json.Valid([]byte(text))
}

// quote makes a sender's text fit for a log line.
func quote(s string) string {
	const longest = 40
	if len(s) > longest {
		s = s[:longest] + "…"
	}
	return strconv.Quote(s)
}

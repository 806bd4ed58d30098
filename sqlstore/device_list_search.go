package sqlstore

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// source is a condition that an index of devices answers, in the order of its column.
type source struct{ column, condition string }

// searches tells whether indexes say which devices the query can be about.
func (l *deviceList) searches() bool {
	return l.query.User != "" || l.query.KeyID != "" || l.query.Prefix != ""
}

// sources hold together whatever the query can be about. A user or a key is the narrower one.
func (l *deviceList) sources(a *arguments) []source {
	user, key := string(l.query.User), string(l.query.KeyID)
	switch {
	case user != "" && key != "":
		return []source{{"d.user_id", "d.user_id = " + a.value(user) + " AND d.key_id = " + a.value(key)}}
	case user != "":
		return []source{{"d.user_id", "d.user_id = " + a.value(user)}}
	case key != "":
		return []source{{"d.key_id", "d.key_id = " + a.value(key)}}
	}
	return a.prefixed(l.query.Prefix)
}

// prefixed are ranges, in which no character is special.
func (a *arguments) prefixed(prefix string) []source {
	folded := foldName(prefix)
	return []source{a.span("d.user_id", prefix), a.span("d.key_id", prefix), a.span("d.name_folded", folded)}
}

func (a *arguments) span(column, prefix string) source {
	condition := fmt.Sprintf("%s >= %s", column, a.value(prefix))
	if end := afterPrefix(prefix); end != "" {
		condition = fmt.Sprintf("%s AND %s < %s", condition, column, a.value(end))
	}
	return source{column, condition}
}

// part reads no more of a source than that many. In the order of its column, nothing but
// its index comes into question.
func (s source) part(what string, most int) string {
	return fmt.Sprintf("(SELECT %s FROM devices d WHERE d.app_id = $1 AND %s ORDER BY %s LIMIT %d)", what, s.condition, s.column, most)
}

// counting tells how many devices there are in all sources, or that they are more than most.
func (l *deviceList) counting(a *arguments, most int) string {
	var parts []string
	for _, s := range l.sources(a) {
		parts = append(parts, "(SELECT COUNT(*) FROM "+s.part("1", most+1)+" few)")
	}
	return "SELECT " + strings.Join(parts, " + ")
}

// finding gives the devices of all sources, each with its value in the order if it matches.
func (l *deviceList) finding(a *arguments, most int) string {
	var parts []string
	for _, s := range l.sources(a) {
		parts = append(parts, "SELECT device_id FROM "+s.part("d.device_id", most)+" part")
	}
	f := l.filter(a, false)
	if l.by.alias == "u" {
		f.use = true
	} else {
		f.device = true
	}
	return fmt.Sprintf("SELECT %s, few.device_id FROM (%s) few", f.of(l.by.alias+"."+l.by.column, "few.device_id"), strings.Join(parts, " UNION "))
}

// afterPrefix is the first text after all those that begin with the prefix, in the order
// of code points; "" if there is none.
func afterPrefix(prefix string) string {
	for prefix != "" {
		last, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case last == 0xd7ff:
			return prefix + "\ue000" // after the surrogates, which are no characters
		case last < utf8.MaxRune:
			return prefix + string(last+1)
		}
	}
	return ""
}

package risk

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes text from outside fit to store and show: at most limit bytes
// of valid UTF-8, without control characters and without the invisible
// formatting ones, which could turn a device's name around on a page.
func clean(s string, limit int) string {
	if len(s) > limit {
		for limit > 0 && !utf8.RuneStart(s[limit]) {
			limit--
		}
		s = s[:limit]
	}
	if strings.IndexFunc(s, unfit) >= 0 || !utf8.ValidString(s) {
		s = strings.Map(func(c rune) rune {
			if unfit(c) {
				return -1
			}
			return c
		}, strings.ToValidUTF8(s, ""))
	}
	return strings.TrimSpace(s)
}

func unfit(c rune) bool {
	return c < ' ' || c == 0x7f || c > 0x7f && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c))
}

// version returns s with dots between its numbers if it is a version, such
// as "17_2_1" or "121.0.6167.184", and otherwise nothing.
func version(s string) string {
	if s == "" || len(s) > 32 || !isDigit(s[0]) {
		return ""
	}
	for i := range len(s) {
		if !isDigit(s[i]) && s[i] != '.' && s[i] != '_' {
			return ""
		}
	}
	return strings.TrimRight(strings.ReplaceAll(s, "_", "."), ".")
}

// versionAfter returns the version that follows the first of the marks that
// has one: "17.3" after "iOS" in "iOS 17.3" and in "iOS/17.3".
func versionAfter(s string, marks ...string) string {
	for _, mark := range marks {
		_, rest, found := strings.Cut(s, mark)
		if !found || rest == "" {
			continue
		}
		if rest[0] == ' ' || rest[0] == '/' {
			rest = rest[1:]
		}
		end := 0
		for end < len(rest) && (isDigit(rest[end]) || rest[end] == '.' || rest[end] == '_') {
			end++
		}
		if v := version(rest[:end]); v != "" {
			return v
		}
	}
	return ""
}

// major returns the first number of a version, and -1 if there is none.
func major(v string) int {
	n := -1
	for i := 0; i < len(v) && i < 6 && isDigit(v[i]); i++ {
		n = max(n, 0)*10 + int(v[i]-'0')
	}
	return n
}

// withoutZeros drops trailing zeros as people do: 14.2.0 is called 14.2.
func withoutZeros(v string) string {
	for strings.HasSuffix(v, ".0") {
		v = v[:len(v)-2]
	}
	return v
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func joined(name, version string) string {
	if name == "" || version == "" {
		return name
	}
	return name + " " + version
}

// familyOf takes apart what joined put together: "Chrome 121.0" is Chrome and 121.0.
func familyOf(name string) (family, number string) {
	i := strings.LastIndexByte(name, ' ')
	if i < 0 || i+1 == len(name) || !isDigit(name[i+1]) && name[i+1:] != "XP" && name[i+1:] != "Vista" {
		return name, ""
	}
	return name[:i], name[i+1:]
}

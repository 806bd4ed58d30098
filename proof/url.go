package proof

import (
	"errors"
	"strings"
)

var errURL = errors.New("must be an http or https URL with a host, without user information, in ASCII and well escaped")

// normalURL gives an http or https URL one spelling, without query and fragment, by syntax
// (RFC 3986 §6.2.2: case, percent-encoding, dot segments) and by scheme (§6.2.3: the default
// port, the empty path).
func normalURL(url string) (string, error) {
	url, _, _ = strings.Cut(url, "#")
	url, _, _ = strings.Cut(url, "?")
	scheme, rest, ok := strings.Cut(url, "://")
	scheme = strings.ToLower(scheme)
	defaultPort := map[string]string{"http": "80", "https": "443"}[scheme]
	if !ok || defaultPort == "" {
		return "", errURL
	}
	authority, path := rest, ""
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		authority, path = rest[:slash], rest[slash:]
	}
	authority, err := normalAuthority(authority, defaultPort)
	if err != nil {
		return "", err
	}
	if path, err = normalEscapes(path); err != nil {
		return "", err
	}
	return scheme + "://" + authority + withoutDots(path), nil
}

// normalAuthority takes host and port apart. A port is digits, and an IPv6 address stands
// in brackets.
func normalAuthority(authority, defaultPort string) (string, error) {
	host, port := authority, ""
	if colon := strings.LastIndexByte(authority, ':'); colon > strings.LastIndexByte(authority, ']') {
		host, port = authority[:colon], authority[colon+1:]
	}
	if host == "" || strings.ContainsAny(host, "@\\") || strings.Trim(port, "0123456789") != "" {
		return "", errURL
	}
	if !strings.HasPrefix(host, "[") && strings.ContainsAny(host, ":[]") {
		return "", errURL
	}
	host, err := normalEscapes(strings.ToLower(host))
	if err != nil {
		return "", err
	}
	if port == "" || port == defaultPort {
		return host, nil
	}
	return host + ":" + port, nil
}

// normalEscapes writes %XX in capitals, and plain what needs no escape (RFC 3986 §2.3).
func normalEscapes(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c >= 0x7f {
			return "", errURL
		}
		if c != '%' {
			b.WriteByte(c)
			continue
		}
		if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			return "", errURL
		}
		if c = unhex(s[i+1])<<4 | unhex(s[i+2]); isUnreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(s[i : i+3]))
		}
		i += 2
	}
	return b.String(), nil
}

// withoutDots takes the steps "." and ".." of a path (RFC 3986 §5.2.4).
func withoutDots(path string) string {
	steps := strings.Split(path, "/")
	kept := steps[:1] // the nothing before the first slash
	for n, step := range steps[1:] {
		last := n == len(steps)-2
		switch {
		case step == "..":
			kept = kept[:max(1, len(kept)-1)]
			fallthrough
		case step == ".":
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, step)
		}
	}
	if len(kept) == 1 {
		return "/"
	}
	return strings.Join(kept, "/")
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}

package server_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/server"
)

// Wherever a person came from, going back leads to the same origin, and up no tree.
func FuzzSafePath(f *testing.F) {
	for _, seed := range []string{"/", "/a?b#c", "//evil.example", `/\evil.example`, "/a/%2e%2E/b", "/%2F../x", "/a?//..", "/..;/x", "\t//x", "/%00"} {
		f.Add(seed)
	}
	home, err := url.Parse("https://bank.example/device-check")
	must(f, err)
	f.Fuzz(func(t *testing.T, target string) {
		back := server.SafePath(target)
		if back != "/" && back != target {
			t.Fatalf("%q becomes %q", target, back)
		}
		if back[0] != '/' || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\t\r\n\x00") {
			t.Fatalf("%q leads a browser elsewhere", back)
		}
		there, err := home.Parse(back)
		if err != nil {
			return // no address: a browser asks for it as it is, at this origin
		}
		for _, segment := range strings.Split(there.Path, "/") {
			if segment == ".." || segment == "." {
				t.Fatalf("%q leads up to %q", back, there.Path)
			}
		}
		if there.Host != "bank.example" || there.Scheme != "https" {
			t.Fatalf("%q leads to %s", back, there)
		}
	})
}

// Whatever the cookies are, no pass is handed on, nothing is added or moved, and all else is
// there still.
func FuzzCookies(f *testing.F) {
	for _, seed := range []string{"", ";", "a=1", secureCookie + "=p", "a=1; " + secureCookie + "=p;b", `a="x; symbolon_bank=y"`, "symbolon_x", " ; ;=;" + secureCookie} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cookies string) {
		pass, others := server.TakePass(cookies)
		var kept []string
		passes := 0
		for _, one := range strings.Split(cookies, ";") {
			name, _, _ := strings.Cut(one, "=")
			name = strings.Trim(name, " \t")
			if name == secureCookie {
				passes++
			}
			if !strings.HasPrefix(name, "symbolon_") && !strings.HasPrefix(name, "__Host-symbolon_") {
				kept = append(kept, strings.Trim(one, " \t"))
			}
		}
		if pass != "" && passes != 1 {
			t.Fatalf("%q has %d passes, and %q counts", cookies, passes, pass)
		}
		var got []string
		for _, one := range strings.Split(others, ";") {
			got = append(got, strings.Trim(one, " \t"))
		}
		if strings.Trim(strings.Join(got, ";"), ";") != strings.Trim(strings.Join(kept, ";"), ";") {
			t.Fatalf("of %q is handed on %q", cookies, others)
		}
	})
}

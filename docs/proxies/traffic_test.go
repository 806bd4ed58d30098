//go:build unix

package proxies_test

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestALargeBodyComesThroughWhole(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		b.passesTheCheck(t, b.registers(t, "alice"), "alice")
		body := make([]byte, 5<<20)
		rand.Read(body)
		sum := sha256.Sum256(body)
		for _, chunked := range []bool{false, true} {
			a := b.send(t, request{method: "POST", target: "/upload", body: string(body), chunked: chunked})
			if seen := a.seen(t); seen.Method != "POST" || seen.Body != hex.EncodeToString(sum[:]) {
				t.Errorf("chunked %v: the app got %s with another body", chunked, seen.Method)
			}
		}
	})
}

func TestAWebSocketComesThrough(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		upgrade := request{target: "/socket", header: []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}}
		if a := b.send(t, upgrade); a.status != http.StatusUnauthorized {
			t.Errorf("without a pass it is answered %d", a.status)
		}
		device := b.registers(t, "alice")
		b.passesTheCheck(t, device, "alice")
		conn := s.dial(t)
		in := bufio.NewReader(conn)
		if a := b.sendOn(t, conn, in, upgrade); a.status != http.StatusSwitchingProtocols {
			t.Fatalf("answered %d %s", a.status, a.body)
		}
		for _, line := range []string{"hello\n", "and again\n"} {
			fmt.Fprint(conn, line)
			got, err := in.ReadString('\n')
			if want := string(device.ID()) + " " + line; err != nil || got != want {
				t.Errorf("the app says %q, %v; want %q", got, err, want)
			}
		}
	})
}

// The app's own answers are its own, also where they look like Symbolon's.
func TestTheAppsAnswersComeBackAsTheyAre(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		b.passesTheCheck(t, b.registers(t, "alice"), "alice")
		for _, status := range []int{200, 302, 401, 403, 404, 500, 503} {
			a := b.open(t, fmt.Sprintf("/status/%d", status))
			if a.status != status || a.header.Get("X-App") != "answered" || !strings.Contains(a.body, "the app's own") {
				t.Errorf("the app's %d came back as %d %v %q", status, a.status, a.header, a.body)
			}
		}
	})
}

// HTTP/2 takes cookies apart; the proxy puts them together again.
func TestOverHTTP2(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		device := b.registers(t, "alice")
		b.passesTheCheck(t, device, "alice")
		ask, err := http.NewRequestWithContext(t.Context(), "GET", s.origin+"/two", nil)
		must(t, err)
		ask.Header = http.Header{"Accept": {"text/html"}, "Cookie": {"a=1; " + b.cookie(t) + "; b=2"}, "X-Symbolon-User": {"mallory"}}
		response, err := s.client.Do(ask)
		must(t, err)
		body, err := io.ReadAll(response.Body)
		must(t, err)
		must(t, response.Body.Close())
		if response.ProtoMajor != 2 {
			t.Fatalf("the proxy speaks %s", response.Proto)
		}
		seen := answer{status: response.StatusCode, header: response.Header, body: string(body)}.seen(t)
		seen.has(t, "X-Symbolon-User", "")
		seen.has(t, "X-Symbolon-Device", string(device.ID()))
		seen.has(t, "Cookie", "a=1; b=2")
	})
}

// Where nobody can tell, nobody passes.
func TestWithoutSymbolonNobodyComesThrough(t *testing.T) {
	for _, p := range []proxy{nginx, caddy} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			s := buildWithout(t, p)
			for _, r := range []request{{target: "/", header: page}, {method: "POST", target: "/", body: "x"}, {target: "/device-check", header: page}} {
				if a := s.browser(t).send(t, r); a.status != http.StatusServiceUnavailable && a.status != http.StatusBadGateway {
					t.Errorf("%s %s: answered %d %s", r.method, r.target, a.status, a.body)
				}
			}
			if n := s.upstream.requests(); n != 0 {
				t.Errorf("%d requests reached the app", n)
			}
		})
	}
}

func TestWhereTheStoreFailsNobodyComesThrough(t *testing.T) {
	alike(t, func(t *testing.T, s *stand) {
		b := s.browser(t)
		b.passesTheCheck(t, b.registers(t, "alice"), "alice")
		b.open(t, "/").seen(t)
		s.faults.Store(true)
		if a := b.open(t, "/"); a.status != http.StatusServiceUnavailable {
			t.Errorf("answered %d %s", a.status, a.body)
		}
		s.faults.Store(false)
		b.open(t, "/").seen(t)
	})
}

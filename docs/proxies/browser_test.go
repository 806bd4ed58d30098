//go:build unix

package proxies_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// page is what browsers say when a person opens a page.
var page = []string{"Accept: text/html,application/xhtml+xml;q=0.9", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: none"}

// browser speaks HTTP by hand, so that nothing mends what it says.
type browser struct {
	stand   *stand
	cookies string // the header, as it is sent; "" for none
}

func (s *stand) browser(*testing.T) *browser { return &browser{stand: s} }

type request struct {
	method  string // GET where ""
	target  string
	header  []string // lines, sent as they are
	body    string
	chunked bool
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (b *browser) open(t *testing.T, target string) answer {
	t.Helper()
	return b.send(t, request{target: target, header: page})
}

func (b *browser) send(t *testing.T, r request) answer {
	t.Helper()
	conn := b.stand.dial(t)
	defer conn.Close()
	return b.sendOn(t, conn, bufio.NewReader(conn), r)
}

func (s *stand) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := tls.Dial("tcp", s.listen, &tls.Config{RootCAs: s.roots, ServerName: host, NextProtos: []string{"http/1.1"}})
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() }) // it may be closed by now
	must(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	return conn
}

func (b *browser) sendOn(t *testing.T, conn net.Conn, in *bufio.Reader, r request) answer {
	t.Helper()
	if r.method == "" {
		r.method = http.MethodGet
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.method, r.target, strings.TrimPrefix(b.stand.origin, "https://"))
	for _, line := range r.header {
		text.WriteString(line + "\r\n")
	}
	if b.cookies != "" {
		text.WriteString("Cookie: " + b.cookies + "\r\n")
	}
	switch {
	case r.chunked:
		half := len(r.body) / 2
		text.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		for _, chunk := range []string{r.body[:half], r.body[half:]} {
			fmt.Fprintf(&text, "%x\r\n%s\r\n", len(chunk), chunk)
		}
		text.WriteString("0\r\n\r\n")
	case r.body != "":
		fmt.Fprintf(&text, "Content-Length: %d\r\n\r\n%s", len(r.body), r.body)
	default:
		text.WriteString("\r\n")
	}
	go conn.Write(text.Bytes()) //nolint:errcheck // an early answer may end it; the answer tells
	response, err := http.ReadResponse(in, &http.Request{Method: r.method})
	must(t, err)
	a := answer{status: response.StatusCode, header: response.Header}
	if a.status == http.StatusSwitchingProtocols {
		return a
	}
	body, err := io.ReadAll(response.Body)
	must(t, err)
	must(t, response.Body.Close())
	a.body = string(body)
	return a
}

// registers makes a device of the user through the proxy, with the user's assertion.
func (b *browser) registers(t *testing.T, user symbolon.UserID) *symbolontest.Device {
	t.Helper()
	device := symbolontest.NewDevice(t, b.stand.app, proof.ES256)
	_, err := device.Register(t.Context(), b.stand.app.Ticket(t, user))
	must(t, err)
	return device
}

// passesTheCheck does what the page of the device check does, and keeps the cookie.
func (b *browser) passesTheCheck(t *testing.T, device *symbolontest.Device, user symbolon.UserID) {
	t.Helper()
	signed, err := device.Prove(t.Context(), symbolontest.Statement{User: user})
	must(t, err)
	body, err := json.Marshal(map[string]string{"proof": signed})
	must(t, err)
	a := b.send(t, request{
		method: "POST", target: "/device-check/v1/apps/bank/decisions", body: string(body),
		header: []string{"Content-Type: application/json", "Origin: " + b.stand.origin, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"},
	})
	if a.status != http.StatusOK {
		t.Fatalf("the device check answered %d %s", a.status, a.body)
	}
	set := a.header.Values("Set-Cookie")
	if len(set) != 1 || !strings.HasPrefix(set[0], "__Host-symbolon_bank=") {
		t.Fatalf("the device check set %q, and said %s", set, a.body)
	}
	for _, attribute := range []string{"; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(set[0], attribute) {
			t.Errorf("the cookie lacks %s: %s", attribute, set[0])
		}
	}
	b.cookies, _, _ = strings.Cut(set[0], ";")
}

// cookie is the one that the device check set, name and value.
func (b *browser) cookie(t *testing.T) string {
	t.Helper()
	if !strings.HasPrefix(b.cookies, "__Host-symbolon_bank=") {
		t.Fatalf("the cookie is %q", b.cookies)
	}
	return b.cookies
}

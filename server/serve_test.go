package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon/server"
)

// serve runs the server's own loop, and gives its address and what ends it.
func serve(t *testing.T, cfg server.Config) (address string, stop context.CancelFunc, done chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done = make(chan error, 1)
	go func() { done <- server.New(cfg).Serve(ctx, l) }()
	return l.Addr().String(), cancel, done
}

func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	must(t, err)
	t.Cleanup(func() { c.Close() })
	must(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(c, text)
	must(t, err)
	return c
}

func read(t *testing.T, c net.Conn) string {
	t.Helper()
	text, err := io.ReadAll(c)
	must(t, err)
	return string(text)
}

// A request that was begun when the service was told to stop is answered; a new one is not.
func TestGracefulShutdown(t *testing.T) {
	address, stop, done := serve(t, server.Config{})
	begun := dial(t, address, "POST /v1/apps/bank/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nAuthorization: Basic x\r\n\r\n{")
	warm := dial(t, address, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if !strings.Contains(read(t, warm), "200 OK") { // by now the first one is at work too
		t.Fatal("the service does not answer")
	}
	stop()
	_, err := io.WriteString(begun, "}")
	must(t, err)
	if text := read(t, begun); !strings.HasPrefix(text, "HTTP/1.1 401") {
		t.Errorf("the request that was begun hears %q", text)
	}
	if err := <-done; err != nil {
		t.Errorf("serving ended with %v", err)
	}
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		t.Error("the service still listens")
	}
}

// One that dawdles over its header, or sends too much of it, is cut off.
func TestSlowAndLargeHeaders(t *testing.T) {
	address, stop, done := serve(t, server.Config{Limits: server.Limits{HeaderTimeout: 50 * time.Millisecond, Header: 4 << 10}})
	if text := read(t, dial(t, address, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")); strings.Contains(text, "200 OK") {
		t.Errorf("a header that never ended is answered: %q", text)
	}
	large := dial(t, address, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: "+strings.Repeat("x", 16<<10)+"\r\n\r\n")
	if line, err := bufio.NewReader(large).ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 431") {
		t.Errorf("a large header hears %q, %v", line, err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Beyond the limit a connection waits until another one ends.
func TestConnectionLimit(t *testing.T) {
	address, stop, done := serve(t, server.Config{Limits: server.Limits{Connections: 1}})
	first := dial(t, address, halfARequest)
	buffer := make([]byte, 4096)
	second := dial(t, address, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	must(t, second.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	if n, err := second.Read(buffer); err == nil {
		t.Errorf("a second connection is served beside the first: %q", buffer[:n])
	}
	must(t, first.Close())
	must(t, second.SetReadDeadline(time.Now().Add(20*time.Second)))
	if text := read(t, second); !strings.Contains(text, "200 OK") {
		t.Errorf("after the first ended the second hears %q", text)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

const (
	halfARequest = "POST /v1/apps/bank/challenges HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{"
	keptAlive    = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	askedOnce    = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
)

// answersOnce reads an answer, and tells whether the connection ends with it.
func answersOnce(t *testing.T, c net.Conn) bool {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	must(t, err)
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	must(t, err)
	return answer.Close
}

// letIn tells whether a new connection is answered, or closed.
func letIn(t *testing.T, address string) bool {
	t.Helper()
	c, err := net.Dial("tcp", address)
	must(t, err)
	defer c.Close()
	must(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	_, _ = io.WriteString(c, askedOnce) // it may be closed by now
	text, err := io.ReadAll(c)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("a connection is neither answered nor closed")
	}
	return strings.Contains(string(text), "200 OK")
}

// One address has its share of the connections; a trusted proxy speaks for many.
func TestShareOfOneAddress(t *testing.T) {
	limits := server.Limits{Connections: 9, PeerShare: 2}
	address, stop, done := serve(t, server.Config{Limits: limits})
	first, second := dial(t, address, keptAlive), dial(t, address, keptAlive)
	answersOnce(t, first)
	answersOnce(t, second)
	if letIn(t, address) {
		t.Error("a third connection is let in")
	}
	must(t, first.Close())
	for !letIn(t, address) { // until the service has seen that the first is gone
	}
	stop()
	must(t, <-done)

	address, stop, done = serve(t, server.Config{Limits: limits, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	for range 5 {
		answersOnce(t, dial(t, address, keptAlive))
	}
	stop()
	must(t, <-done)
}

// Where all places are taken, connections that only wait give way, and others end with
// their answer until there is room again.
func TestIdleConnectionsGiveWay(t *testing.T) {
	address, stop, done := serve(t, server.Config{Limits: server.Limits{Connections: 2, PeerShare: 2}})
	idle := dial(t, address, keptAlive)
	if answersOnce(t, idle) {
		t.Fatal("with room left, a connection ends with its answer")
	}
	busy := dial(t, address, halfARequest)
	if _, err := idle.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the idle one hears %v; want its end", err)
	}
	if !answersOnce(t, dial(t, address, keptAlive)) {
		t.Error("one that took the last place beside a busy one is kept open")
	}
	must(t, busy.Close())
	for { // until the service has seen that it is gone
		if !answersOnce(t, dial(t, address, keptAlive)) {
			break
		}
	}
	stop()
	must(t, <-done)
}

// A listener that fails is the server's error.
func TestListenerFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, l.Close())
	if err := server.New(server.Config{}).Serve(t.Context(), l); err == nil {
		t.Error("serving on a closed listener is no error")
	}
}

var _ http.Handler = (*server.Server)(nil)

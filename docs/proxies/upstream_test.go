//go:build unix

package proxies_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// upstream is the app behind the proxy. It tells what reached it.
type upstream struct {
	address string
	count   atomic.Int64
}

// seen is a request as it reached the app.
type seen struct {
	Method, URI string
	Header      map[string][]string
	Body        string // its SHA-256, in hex
}

func startUpstream(t *testing.T) *upstream {
	t.Helper()
	u := &upstream{}
	mux := http.NewServeMux()
	mux.HandleFunc("/", tell)
	mux.HandleFunc("/status/{status}", answerWith)
	mux.HandleFunc("/socket", talk)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.count.Add(1)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	u.address = strings.TrimPrefix(server.URL, "http://")
	return u
}

// requests is how many reached the app up to now.
func (u *upstream) requests() int64 { return u.count.Load() }

func tell(w http.ResponseWriter, r *http.Request) {
	sum := sha256.New()
	if _, err := io.Copy(sum, r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	told := seen{Method: r.Method, URI: r.RequestURI, Header: r.Header, Body: hex.EncodeToString(sum.Sum(nil))}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(told) // who left has no use for it
}

func answerWith(w http.ResponseWriter, r *http.Request) {
	status, _ := strconv.Atoi(r.PathValue("status")) // the tests ask for numbers only
	w.Header().Set("X-App", "answered")
	w.Header().Set("Location", "/elsewhere")
	w.WriteHeader(status)
	fmt.Fprint(w, "the app's own")
}

// talk is no real WebSocket, but switches protocols as one does; then it repeats each line
// with the device that it was told of.
func talk(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "websocket" || !strings.EqualFold(r.Header.Get("Connection"), "upgrade") {
		http.Error(w, "this is for WebSockets", http.StatusUpgradeRequired)
		return
	}
	conn, in, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	repeat(conn, in.Reader, r.Header.Get("X-Symbolon-Device"))
}

func repeat(conn net.Conn, in *bufio.Reader, device string) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		fmt.Fprint(conn, device+" "+line)
	}
}

// seen is what reached the app, where the answer is the app's.
func (a answer) seen(t *testing.T) seen {
	t.Helper()
	var told seen
	if err := json.Unmarshal([]byte(a.body), &told); err != nil || a.status != http.StatusOK || told.Method == "" {
		t.Fatalf("that did not come through: %d %v %s", a.status, a.header, a.body)
	}
	return told
}

// value is a header's, "" where there is none; one that came twice is no value of ours.
func (s seen) value(name string) string { return strings.Join(s.Header[name], " and ") }

func (s seen) has(t *testing.T, name, want string) {
	t.Helper()
	if got := s.value(name); got != want {
		t.Errorf("the app was told that %s is %q; want %q", name, got, want)
	}
}

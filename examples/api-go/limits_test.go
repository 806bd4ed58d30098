package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/symbolon-id/symbolon"
)

// elsewhere is a service that these tests have no need of.
var elsewhere = settings{symbolon: "https://symbolon.example", app: "bank", key: "sk_bank", publicURL: "https://bank.example"}

// While an order is still on its way, others see to their money.
func TestASlowOrderHoldsUpNobody(t *testing.T) {
	b := &bank{cents: map[symbolon.UserID]int{"": 100_00}}
	body, client := io.Pipe()
	order := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/transfers", body)
	paid := make(chan string, 1)
	go func() { paid <- answered(b.transfer, order) }()
	io.WriteString(client, `{"to":"ben",`) //nolint:errcheck // returns once the handler has read it

	balance := make(chan string, 1)
	go func() {
		balance <- answered(b.balance, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/balance", nil))
	}()
	select {
	case said := <-balance:
		if !strings.Contains(said, `"cents":10000`) {
			t.Errorf("the balance is %s", said)
		}
	case <-time.After(5 * time.Second):
		t.Error("nobody sees a balance")
	}
	io.WriteString(client, `"cents":1000}`) //nolint:errcheck // as above
	client.Close()
	if said := <-paid; !strings.Contains(said, `"cents":9000`) {
		t.Errorf("the order is answered %s", said)
	}
}

func answered(handler http.HandlerFunc, r *http.Request) string {
	w := httptest.NewRecorder()
	handler(w, r)
	return w.Body.String()
}

// Nobody makes the bank read without end.
func TestWhatIsTooLongIsNotRead(t *testing.T) {
	api, err := newAPI(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	for padding, status := range map[int]int{0: http.StatusOK, maxBody: http.StatusUnauthorized} {
		form := url.Values{"name": {"alice"}, "password": {"correct horse"}, "x": {strings.Repeat("x", padding)}}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		if api.ServeHTTP(w, r); w.Code != status {
			t.Errorf("%d bytes more: %d; want %d", padding, w.Code, status)
		}
	}
}

// A client that says no more, wherever it stops, loses its connection within a minute; one
// that was answered and may come back, within a few.
func TestNobodyHoldsAConnectionByBeingSlow(t *testing.T) {
	for _, row := range []struct {
		what, sent string
		within     time.Duration
	}{
		{"nothing", "", time.Minute},
		{"half a header", "POST /sign-in HTTP/1.1\r\nHost: bank", time.Minute},
		{"half a body", "POST /sign-in HTTP/1.1\r\nHost: bank.example\r\nContent-Length: 100\r\n" +
			"Content-Type: application/x-www-form-urlencoded\r\n\r\nname=", time.Minute},
		{"all, and then nothing", "GET /elsewhere HTTP/1.1\r\nHost: bank.example\r\n\r\n", 5 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(context.Background())
			client, server := net.Pipe()
			ended := make(chan error, 1)
			go func() { ended <- run(ctx, elsewhere, &oneConn{conn: server, closed: make(chan struct{})}) }()
			begun := time.Now()
			go io.WriteString(client, row.sent) //nolint:errcheck // the server may hang up
			if _, err := io.Copy(io.Discard, client); err != nil {
				t.Error(err)
			}
			if took := time.Since(begun); took > row.within {
				t.Errorf("%s: hung up after %s", row.what, took)
			}
			client.Close()
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

// oneConn is a listener that has one connection to give.
type oneConn struct {
	conn   net.Conn
	given  bool
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if !l.given {
		l.given = true
		return l.conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error   { close(l.closed); return nil }
func (l *oneConn) Addr() net.Addr { return l.conn.LocalAddr() }

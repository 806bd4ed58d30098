package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// reply is one line of a script: an answer, or a connection that broke.
type reply struct {
	status int
	body   io.Reader
	header []string // names and values
	broken bool
}

func answer(status int, body string, header ...string) reply {
	return reply{status: status, body: strings.NewReader(body), header: header}
}

// script answers requests one after another, and remembers them.
type script struct {
	replies []reply
	asked   []*http.Request
	at      []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked, s.at = append(s.asked, r), append(s.at, time.Now())
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if len(s.asked) > len(s.replies) {
		return nil, errors.New("the script has ended")
	}
	next := s.replies[len(s.asked)-1]
	if next.broken {
		return nil, errors.New("connection reset")
	}
	h := http.Header{}
	for i := 0; i < len(next.header); i += 2 {
		h.Set(next.header[i], next.header[i+1])
	}
	return &http.Response{StatusCode: next.status, Header: h, Body: io.NopCloser(next.body)}, nil
}

const (
	busy      = "busy"
	away      = "away"
	broken    = "broken"
	ok        = "ok"
	challenge = "challenge"
	unknown   = "unknown"
	internal  = "internal"
	farAway   = "far away"
)

// scene makes the replies that these words stand for.
func scene(words ...string) []reply {
	var replies []reply
	for _, word := range words {
		replies = append(replies, map[string]reply{
			busy:      answer(429, `{"code":"rate_limited","detail":"slow down"}`, "Retry-After", "3"),
			away:      answer(503, `{"code":"unavailable","detail":"the database can't be reached"}`),
			broken:    {broken: true},
			ok:        answer(200, `{}`),
			challenge: answer(200, `{"challenge":"abc","expiresAt":"2026-01-01T00:00:00Z"}`),
			unknown:   answer(404, `{"code":"device_unknown","detail":"there is no such device"}`),
			internal:  answer(500, `{"code":"internal","detail":"the service failed"}`),
			farAway:   answer(429, `{"code":"rate_limited"}`, "Retry-After", "3600"),
		}[word])
	}
	return replies
}

func playing(t *testing.T, replies ...reply) (*client.Client, *script) {
	t.Helper()
	s := &script{replies: replies}
	c, err := client.New(client.Config{BaseURL: "https://symbolon.example/base/", App: "bank", Key: "sk_x", HTTPClient: &http.Client{Transport: s}})
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// What may be repeated without harm is, after a while, and nothing else.
func TestRepeats(t *testing.T) {
	ticket := func(ctx context.Context, c *client.Client) error {
		_, err := c.IssueTicket(ctx, symbolon.TicketRequest{UserID: "u"})
		return err
	}
	get := func(ctx context.Context, c *client.Client) error {
		_, err := c.GetDevice(ctx, "d")
		return err
	}
	makeChallenge := func(ctx context.Context, c *client.Client) error {
		_, err := c.CreateChallenge(ctx, "prove")
		return err
	}
	decide := func(ctx context.Context, c *client.Client) error {
		_, err := c.Decide(ctx, symbolon.DecisionRequest{Proof: "p"})
		return err
	}
	block := func(ctx context.Context, c *client.Client) error {
		_, err := c.BlockDevice(ctx, "d", symbolon.BlockRequest{Reason: "r"})
		return err
	}
	blockWithKey := func(ctx context.Context, c *client.Client) error {
		return block(client.WithIdempotencyKey(ctx, "k"), c)
	}
	mine := func(ctx context.Context, c *client.Client) error {
		_, err := c.Me("ticket", "proof").ListDevices(ctx)
		return err
	}
	for name, c := range map[string]struct {
		call  func(context.Context, *client.Client) error
		scene []string
		asked int
		code  symbolon.Code // "" for success
	}{
		"reading, after a broken connection":    {get, play(broken, ok), 2, ""},
		"reading, after 503":                    {get, play(away, away, ok), 3, ""},
		"reading, after 429":                    {get, play(busy, ok), 2, ""},
		"reading, until the tries are used up":  {get, play(away, away, away, away, ok), 4, symbolon.ErrUnavailable},
		"reading what is not there":             {get, play(unknown, ok), 1, symbolon.ErrDeviceUnknown},
		"reading, after a fault of the service": {get, play(internal, ok), 1, symbolon.ErrInternal},
		"a challenge":                           {makeChallenge, play(broken, challenge), 2, ""},
		"a ticket":                              {ticket, play(away, ok), 2, ""},
		"a decision, whose proof counts once":   {decide, play(broken, ok), 1, symbolon.ErrUnavailable},
		"a write":                               {block, play(away, ok), 1, symbolon.ErrUnavailable},
		"a write that has a key":                {blockWithKey, play(broken, away, ok), 3, ""},
		"reading with a proof":                  {mine, play(away, ok), 1, symbolon.ErrUnavailable},
		"a wait that is too long":               {get, play(farAway, ok), 1, symbolon.ErrRateLimited},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cl, s := playing(t, scene(c.scene...)...)
				err := c.call(t.Context(), cl)
				if len(s.asked) != c.asked || (c.code == "") != (err == nil) || (c.code != "" && !errors.Is(err, c.code)) {
					t.Errorf("asked %d times with the end %v; want %d and %q", len(s.asked), err, c.asked, c.code)
				}
			})
		})
	}
}

func play(words ...string) []string { return words }

// A repeat waits as long as the service asks, else longer each time.
func TestPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := playing(t, scene(busy, broken, broken, ok)...)
		if _, err := c.GetDevice(t.Context(), "d"); err != nil {
			t.Fatal(err)
		}
		for i, bounds := range [][2]time.Duration{
			{3 * time.Second, 3 * time.Second}, {200 * time.Millisecond, 400 * time.Millisecond}, {400 * time.Millisecond, 800 * time.Millisecond},
		} {
			if got := s.at[i+1].Sub(s.at[i]); got < bounds[0] || got > bounds[1] {
				t.Errorf("pause %d is %v, want %v", i, got, bounds)
			}
		}
	})
}

// A caller that gives up is not kept waiting, and hears why.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := playing(t, scene(busy, busy)...)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.GetDevice(ctx, "d")
		if !errors.Is(err, symbolon.ErrRateLimited) || len(s.asked) != 1 {
			t.Errorf("after %d tries: %v", len(s.asked), err)
		}
		cancel()
		if _, err := c.GetDevice(ctx, "d"); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that has ended: %v", err)
		}
	})
}

func TestErrors(t *testing.T) {
	c, _ := playing(t,
		answer(403, `{"type":"/problems/device_blocked","status":403,"code":"device_blocked","detail":"the device is blocked","field":"device"}`, "X-Request-Id", "r1"),
		answer(502, `<html>bad gateway</html>`), answer(401, ``), answer(302, ``, "Location", "https://evil.example"), answer(200, `not json`))
	noRepeats := func() error {
		_, err := c.BlockDevice(t.Context(), "d", symbolon.BlockRequest{Reason: "r"})
		return err
	}
	err := noRepeats()
	var e *client.Error
	var own *symbolon.Error
	if !errors.As(err, &e) || e.Status != 403 || e.RequestID != "r1" || e.Code() != symbolon.ErrDeviceBlocked {
		t.Errorf("got %#v", err)
	}
	if !errors.As(err, &own) || own.Message != "the device is blocked" || own.Field != "device" || !errors.Is(err, symbolon.ErrDeviceBlocked) {
		t.Errorf("inside it is %#v", own)
	}
	for _, want := range []symbolon.Code{symbolon.ErrUnavailable, symbolon.ErrUnauthenticated, symbolon.ErrInvalidRequest} {
		if err := noRepeats(); !errors.Is(err, want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := noRepeats(); err == nil || !strings.Contains(err.Error(), "not what was expected") {
		t.Errorf("an answer that is no JSON: %v", err)
	}
}

// An answer without end does not fill the memory.
func TestHugeAnswer(t *testing.T) {
	c, _ := playing(t, reply{status: 200, body: endless{}})
	if _, err := c.GetDevice(t.Context(), "d"); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("got %v", err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// How ids, queries, versions and keys go over the wire.
func TestRequests(t *testing.T) {
	yes := true
	for _, c := range []struct {
		call func(context.Context, *client.Client) error
		want string // method, URL, then headers
	}{
		{func(ctx context.Context, c *client.Client) error { _, err := c.ExportUser(ctx, ".."); return err }, "GET /base/v1/apps/bank/users/%2E%2E"},
		{func(ctx context.Context, c *client.Client) error { _, err := c.ExportUser(ctx, "."); return err }, "GET /base/v1/apps/bank/users/%2E"},
		{func(ctx context.Context, c *client.Client) error { _, err := c.ExportUser(ctx, "a/b%"); return err }, "GET /base/v1/apps/bank/users/a%2Fb%25"},
		{func(ctx context.Context, c *client.Client) error { _, err := c.EraseUser(ctx, "auth0|1"); return err }, "DELETE /base/v1/apps/bank/users/auth0%7C1"},
		{func(ctx context.Context, c *client.Client) error {
			_, err := c.ListDevices(ctx, client.DeviceFilter{User: "a&b", Trusted: &yes}, client.Page{Limit: 3, Cursor: "x="})
			return err
		}, "GET /base/v1/apps/bank/devices?cursor=x%3D&limit=3&trusted=true&user=a%26b"},
		{func(ctx context.Context, c *client.Client) error {
			_, err := c.UpdateApp(ctx, symbolon.AppPatch{}, 7)
			return err
		}, `PATCH /base/v1/apps/bank If-Match="7"`},
		{func(ctx context.Context, c *client.Client) error {
			_, err := c.UpdateApp(client.WithIdempotencyKey(ctx, "k"), symbolon.AppPatch{}, client.AnyVersion)
			return err
		}, `PATCH /base/v1/apps/bank Idempotency-Key=k`},
		{func(ctx context.Context, c *client.Client) error {
			_, err := c.For("").ListCredentials(ctx)
			return err
		}, "GET /base/v1/credentials"},
		{func(ctx context.Context, c *client.Client) error {
			_, err := c.Me("t", "p").SignOutOthers(ctx)
			return err
		}, "POST /base/v1/apps/bank/me/sign-out-others Authorization=Bearer t Symbolon-Proof=p"},
	} {
		cl, s := playing(t, answer(200, `{}`, "ETag", `"8"`))
		if err := c.call(t.Context(), cl); err != nil {
			t.Errorf("%s: %v", c.want, err)
			continue
		}
		r := s.asked[0]
		got := r.Method + " " + r.URL.RequestURI()
		for _, name := range []string{"If-Match", "Idempotency-Key"} {
			if v := r.Header.Get(name); v != "" {
				got += " " + name + "=" + v
			}
		}
		if v := r.Header.Get("Authorization"); v != "Bearer sk_x" {
			got += " Authorization=" + v
		}
		if v := r.Header.Get("Symbolon-Proof"); v != "" {
			got += " Symbolon-Proof=" + v
		}
		if got != c.want {
			t.Errorf("sent %s\nwant %s", got, c.want)
		}
	}
}

// An iterator asks for page after page, and stops where its caller does.
func TestIterators(t *testing.T) {
	first := func() reply { return answer(200, `{"items":[{"deviceId":"1"},{"deviceId":"2"}],"nextCursor":"two"}`) }
	c, s := playing(t, first(), answer(200, `{"items":[{"deviceId":"3"}]}`))
	var ids []string
	for d, err := range c.Devices(t.Context(), client.DeviceFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, string(d.ID))
	}
	if strings.Join(ids, "") != "123" || !strings.Contains(s.asked[1].URL.RawQuery, "cursor=two") {
		t.Errorf("walked %v by %v", ids, s.asked[1].URL)
	}

	c, s = playing(t, first())
	for _, err := range c.Devices(t.Context(), client.DeviceFilter{}) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if len(s.asked) != 1 {
		t.Errorf("asked %d times for one device", len(s.asked))
	}

	c, _ = playing(t, first(), answer(403, `{"code":"forbidden"}`))
	n := 0
	var last error
	for _, err := range c.Devices(t.Context(), client.DeviceFilter{}) {
		n, last = n+1, err
	}
	if n != 3 || !errors.Is(last, symbolon.ErrForbidden) {
		t.Errorf("ended after %d with %v", n, last)
	}

	c, s = playing(t, answer(200, `{"items":[{"eventId":1}],"nextCursor":"1"}`), answer(200, `{"items":[],"nextCursor":"1"}`))
	for _, err := range c.Events(t.Context(), "") {
		if err != nil {
			t.Error(err)
		}
	}
	if len(s.asked) != 2 || !strings.Contains(s.asked[1].URL.RawQuery, "after=1") {
		t.Errorf("the log was asked for %d times", len(s.asked))
	}
}

func TestConfig(t *testing.T) {
	for _, bad := range []client.Config{
		{}, {BaseURL: "symbolon.example"}, {BaseURL: "ftp://x"}, {BaseURL: "https://x?y"}, {BaseURL: "https://x", App: "A/B"},
	} {
		if _, err := client.New(bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

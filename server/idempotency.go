package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
)

// answerOnce serves a write. With an Idempotency-Key what was done is kept as it was
// answered, and given again to the same caller for the same request, so that a retry does
// nothing twice.
// Answers to clients are never kept: nobody vouches for who they are, and the challenge
// that they signed is spent once anyway.
func (s *Server) answerOnce(rt *route, w http.ResponseWriter, r *http.Request, body []byte) error {
	x := exchangeOf(r.Context())
	if !rt.repeatable || x.caller.Kind == symbolon.CallerClient {
		rt.handler(w, r)
		return nil
	}
	key, err := idempotencyKey(r.Header)
	if err != nil {
		return err
	}
	if key == "" {
		rt.handler(w, r)
		return nil
	}
	wanted := rt.answerFor(x, key, r, body)
	kept, first, err := s.registry.BeginAnswer(r.Context(), x.caller, wanted)
	if err != nil {
		return err
	}
	if first {
		s.hold(rt, w, r, wanted).send(w)
		return nil
	}
	return replay(w, kept, wanted)
}

// idempotencyKey is the header's value: a quoted string of RFC 9651 §3.3.3, or bare.
func idempotencyKey(h http.Header) (string, error) {
	values := h.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	if n := len(key); n >= 2 && key[0] == '"' && key[n-1] == '"' {
		key = key[1 : n-1]
	}
	printable := strings.IndexFunc(key, func(c rune) bool { return c < 0x20 || c > 0x7e || c == '"' }) < 0
	if len(values) > 1 || key == "" || len(key) > symbolon.MaxText || !printable {
		return "", symbolon.InvalidField("Idempotency-Key", "must be given once, with 1 to %d characters of printable ASCII", symbolon.MaxText)
	}
	return key, nil
}

// answerFor is what the request asks to reserve. Its operation holds a hash of the path,
// since paths name users; an erased user's own erasing is kept without the user.
func (rt *route) answerFor(x *exchange, key string, r *http.Request, body []byte) symbolon.Answer {
	path := sha256.Sum256([]byte(r.URL.EscapedPath()))
	payload := sha256.New()
	for _, part := range []string{r.URL.RawQuery, r.Header.Get("If-Match"), string(body)} {
		payload.Write([]byte(part))
		payload.Write([]byte{0})
	}
	a := symbolon.Answer{
		AppID: symbolon.AppID(r.PathValue("app")), Caller: x.caller.Actor().String(), Key: key, At: x.at,
		Operation: rt.id + " " + base64.RawURLEncoding.EncodeToString(path[:]),
		Payload:   payload.Sum(nil),
	}
	switch {
	case rt.erases:
	case x.caller.Kind == symbolon.CallerUser:
		a.UserID = x.caller.Assertion.UserID
	default:
		a.UserID = symbolon.UserID(r.PathValue("user"))
	}
	return a
}

func replay(w http.ResponseWriter, kept, wanted symbolon.Answer) error {
	if !bytes.Equal(kept.Payload, wanted.Payload) {
		return symbolon.Errorf(symbolon.ErrIdempotencyKeyReused, "this Idempotency-Key came before, with another request")
	}
	if kept.Status == 0 {
		return retryLater{symbolon.Errorf(symbolon.ErrConflict, "the request with this Idempotency-Key is still being worked on"), time.Second}
	}
	var header http.Header
	if err := json.Unmarshal(kept.Header, &header); err != nil {
		return err
	}
	for name, values := range header {
		w.Header()[name] = values
	}
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(kept.Status)
	w.Write(kept.Body) //nolint:errcheck // a client that left can ask again
	return nil
}

// hold serves the request and keeps what is answered before it is sent. A refusal did
// nothing, so it is not kept: hostile requests leave no row, and a retry that may succeed
// by now is tried. Nor is a failure or a panic.
func (s *Server) hold(rt *route, w http.ResponseWriter, r *http.Request, reserved symbolon.Answer) *heldAnswer {
	held := &heldAnswer{header: w.Header()}
	defer func() {
		reserved.Status = 0
		if held.status != 0 && held.status < http.StatusBadRequest {
			reserved.Status, reserved.Header, reserved.Body = held.status, held.keptHeader(), held.body.Bytes()
			reserved.UserID = or(reserved.UserID, held.user(rt))
		}
		// The write is done: a client that left must not keep its answer from being kept.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), s.limits.Request)
		defer cancel()
		if err := s.registry.EndAnswer(ctx, reserved); err != nil {
			s.log.Error("an answer could not be kept for its Idempotency-Key", "request", exchangeOf(ctx).id, "error", err)
		}
	}()
	rt.handler(held, r)
	return held
}

// heldAnswer holds an answer back.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *heldAnswer) Header() http.Header { return h.header }

func (h *heldAnswer) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *heldAnswer) Write(b []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(b)
}

func (h *heldAnswer) send(w http.ResponseWriter) {
	w.WriteHeader(h.status)
	w.Write(h.body.Bytes()) //nolint:errcheck // a client that left can ask again
}

func (h *heldAnswer) keptHeader() []byte {
	kept := http.Header{}
	for _, name := range []string{"Content-Type", "Etag"} {
		if values := h.header[name]; len(values) > 0 {
			kept[name] = values
		}
	}
	text, _ := json.Marshal(kept) // strings always marshal
	return text
}

// user is whom the answer is about, where the path did not say it.
func (h *heldAnswer) user(rt *route) symbolon.UserID {
	var about struct {
		UserID symbolon.UserID `json:"userId"`
	}
	if rt.erases || json.Unmarshal(h.body.Bytes(), &about) != nil {
		return ""
	}
	return about.UserID
}

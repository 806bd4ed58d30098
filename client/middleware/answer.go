package middleware

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// refusal says why a request does not pass. Where nothing else is said it is a 401.
type refusal struct {
	status    int
	code      symbolon.Code
	challenge string // the error of WWW-Authenticate, or "" (RFC 6750 §3.1)
	detail    string
	params    []string // more of the challenge: names and values in turn
}

func (r *refusal) Error() string { return r.detail }

func badToken(reason string) *refusal {
	return &refusal{challenge: "invalid_token", detail: "the device token does not count: " + reason}
}

func badProof(format string, args ...any) *refusal {
	return &refusal{challenge: "invalid_dpop_proof", detail: "the proof in the header DPoP does not count: " + fmt.Sprintf(format, args...)}
}

// The levels that a step-up asks for (acr_values, RFC 9470).
const (
	acrKnown   = "urn:symbolon:known"
	acrTrusted = "urn:symbolon:trusted"
)

// stepUp asks the client to show its device again, or better (RFC 9470 §3).
func (v *visit) stepUp(missing string) *refusal {
	r := &refusal{challenge: "insufficient_user_authentication", detail: missing, params: []string{"acr_values", acrKnown}}
	if v.want.Trusted {
		r.params[1] = acrTrusted
	}
	if v.want.MaxAge > 0 {
		r.params = append(r.params, "max_age", strconv.FormatInt(int64(v.want.MaxAge.Seconds()), 10))
	}
	return r
}

// answer says why the request did not pass. What is no refusal could not be decided.
func (v *visit) answer(w http.ResponseWriter, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		if v.r.Context().Err() == nil { // else the client left, and nothing is wrong
			v.m.cfg.Log.WarnContext(v.r.Context(), "symbolon: a request could not be decided", "error", err)
		}
		w.Header().Set("Retry-After", "5")
		r = &refusal{status: http.StatusServiceUnavailable, code: symbolon.ErrUnavailable, detail: "the device could not be checked now"}
	}
	if r.status == 0 {
		r.status, r.code = http.StatusUnauthorized, symbolon.ErrUnauthenticated
	}
	if r.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", v.challenge(r))
	}
	v.write(w, r)
}

// challenge is the value of WWW-Authenticate (RFC 9449 §7.1, RFC 9470 §3).
func (v *visit) challenge(r *refusal) string {
	var params []string
	add := func(name, value string) { params = append(params, name+`="`+value+`"`) }
	if r.challenge != "" {
		add("error", r.challenge)
		add("error_description", plain(r.detail))
	}
	for n := 0; n < len(r.params); n += 2 {
		add(r.params[n], r.params[n+1])
	}
	scheme := "Bearer"
	if v.dpop {
		scheme = "DPoP"
		add("algs", algorithms())
	}
	return strings.TrimSpace(scheme + " " + strings.Join(params, ", "))
}

func algorithms() string {
	var names []string
	for _, a := range proof.Algorithms() {
		names = append(names, string(a))
	}
	return strings.Join(names, " ")
}

// plain keeps to the characters that an error_description may have (RFC 6749 §5.2).
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '"':
			return '\''
		case c < ' ' || c > '~' || c == '\\':
			return '?'
		}
		return c
	}, s)
}

// problem is the body of an answer (RFC 9457), as the service's own are.
type problem struct {
	Type   string        `json:"type"`
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Detail string        `json:"detail"`
	Code   symbolon.Code `json:"code"`
}

func (v *visit) write(w http.ResponseWriter, r *refusal) {
	p := problem{
		Type:  strings.TrimSuffix(v.m.cfg.Issuer, "/") + "/problems/" + string(r.code),
		Title: http.StatusText(r.status), Status: r.status, Detail: r.detail, Code: r.code,
	}
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // only for text that no type of ours has
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(r.status)
	w.Write(append(body, '\n')) //nolint:errcheck // a client that left has no use for it
}

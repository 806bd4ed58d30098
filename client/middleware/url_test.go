package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/symbolon-id/symbolon/client/middleware"
	"github.com/symbolon-id/symbolon/proof"
)

// A proof is held against the URL as its client wrote it, whatever stands between the two.
func TestTheURLThatAProofIsHeldAgainst(t *testing.T) {
	for _, row := range []struct{ what, public, line, written string }{
		{"as it is", publicURL, "/transfers?draft=1", publicURL + "/transfers"},
		{"under a path of a proxy", publicURL + "/bank/", "/transfers", publicURL + "/bank/transfers"},
		{"escaped", publicURL, "/a%2fb/%7Ec", publicURL + "/a%2Fb/~c"},
		{"the root", publicURL, "/", publicURL},
		{"to a proxy, by the whole URL", publicURL, "http://other.example/transfers?draft=1", publicURL + "/transfers"},
	} {
		h := hold(t, func(c *middleware.Config) { c.PublicURL = row.public })
		send := func(p string) answer { return h.line(row.line, p) }
		sign := func() string { return h.sign(func(d *proof.DPoP) { d.URL = row.written }) }
		h.nonce = send(sign()).header.Get("DPoP-Nonce")
		h.want(row.what, send(sign()), http.StatusOK, "")
		elsewhere := h.sign(func(d *proof.DPoP) { d.URL = row.written + "/elsewhere" })
		h.want(row.what+", a proof for elsewhere", send(elsewhere), http.StatusUnauthorized, "invalid_dpop_proof")
	}
}

// line sends POST with this target in the request line, and a proof.
func (h *holder) line(target, proof string) answer {
	h.Helper()
	api, err := url.Parse(h.url)
	if err != nil {
		h.Fatal(err)
	}
	through := &http.Transport{}
	if target[0] != '/' {
		through.Proxy = http.ProxyURL(api) // which makes the client write the whole URL
	} else {
		target = h.url + target
	}
	defer through.CloseIdleConnections()
	req, err := http.NewRequestWithContext(h.Context(), http.MethodPost, target, nil)
	if err != nil {
		h.Fatal(err)
	}
	req.Header = http.Header{"X-User": {"alice"}, "Authorization": {"DPoP " + h.token}, "Dpop": {proof}}
	resp, err := (&http.Client{Transport: through}).Do(req)
	if err != nil {
		h.Fatal(err)
	}
	return read(h, resp)
}

// A router that strips a prefix changes the path that handlers see, not what was signed.
func TestARouterThatStripsAPrefixChangesNothing(t *testing.T) {
	h := hold(t, nil)
	i := newIssuer(t)
	cfg := good()
	cfg.Issuer, cfg.Now, cfg.DPoP, cfg.PublicURL = i.URL, h.at.now, middleware.DPoPRequired, publicURL
	cfg.NonceKey = []byte("a key of at least thirty-two bytes")
	m, err := middleware.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.token = i.token(t, claims{"cnf": claims{"jkt": h.public.Thumbprint()}})
	inner := m.Require(middleware.Requirement{})(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server := httptest.NewServer(http.StripPrefix("/v1", inner))
	t.Cleanup(server.Close)
	h.url = server.URL
	sign := func() string { return h.sign(func(d *proof.DPoP) { d.URL = publicURL + "/v1/transfers" }) }
	h.nonce = h.line("/v1/transfers", sign()).header.Get("DPoP-Nonce")
	h.want("under the prefix", h.line("/v1/transfers", sign()), http.StatusOK, "")
}

package oidc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// published is what a provider says of itself, and until when that counts.
type published struct {
	introspection string // where to ask about tokens, or ""
	entrance      entrance
	keys          []jose.JSONWebKey
	readAt        time.Time // what was published later is not in it
	renewAt       time.Time // from then on it is read again beside the requests
	expires       time.Time // from then on only while the provider can't be read
}

// How long keys count by themselves: as long as the provider says, within bounds.
const (
	minKeyLife     = 5 * time.Minute
	maxKeyLife     = 24 * time.Hour
	defaultKeyLife = time.Hour
	outage         = 24 * time.Hour // how long they count on where the provider is down
)

// metadata is the part of a provider's document that matters here (OpenID Connect Discovery
// §3, RFC 8414 §2).
type metadata struct {
	Issuer        string `json:"issuer"`
	Keys          string `json:"jwks_uri"`
	Introspection string `json:"introspection_endpoint"`
	entrance
}

// Probed is what an issuer answered to a look at it.
type Probed struct {
	Keys          int    // that may verify tokens
	Introspection string // where it takes questions about opaque tokens, or ""
	SignsIn       bool   // people sign in there by the code flow
}

// Probe looks at an issuer past all that is remembered, and tells why it can't be asked.
func (o *Issuers) Probe(ctx context.Context, issuer string) (Probed, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	said, err := o.read(ctx, issuer, time.Time{})
	if err != nil {
		return Probed{}, err
	}
	return Probed{len(said.keys), said.introspection, said.entrance.check(issuer) == nil}, nil
}

// read asks a provider for its document and its keys.
func (o *Issuers) read(ctx context.Context, issuer string, now time.Time) (*published, error) {
	m, err := o.discover(ctx, issuer)
	if err != nil {
		return nil, err
	}
	p := &published{introspection: m.Introspection, entrance: m.entrance, readAt: now}
	life := defaultKeyLife
	if m.Keys != "" {
		var set struct {
			Keys []json.RawMessage `json:"keys"`
		}
		header, err := o.get(ctx, m.Keys, &set)
		if err != nil {
			return nil, err
		}
		if set.Keys == nil { // a mistake; an empty set would withdraw all
			return nil, fmt.Errorf("%s answers without a member keys", m.Keys)
		}
		p.keys = o.usable(issuer, set.Keys)
		life = keyLife(header)
		p.readAt = now.Add(-age(header))
	}
	p.expires = now.Add(life)
	p.renewAt = now.Add(life * 3 / 4)
	return p, nil
}

// discover reads the document at the place of OpenID Connect Discovery §4, else at that of
// RFC 8414 §3.1.
func (o *Issuers) discover(ctx context.Context, issuer string) (metadata, error) {
	base, err := url.Parse(strings.TrimSuffix(issuer, "/"))
	if err != nil {
		return metadata{}, err
	}
	var m metadata
	_, err = o.get(ctx, base.String()+"/.well-known/openid-configuration", &m)
	if isStatus(err, http.StatusNotFound) {
		base.Path, base.RawPath = "/.well-known/oauth-authorization-server"+base.Path, ""
		if _, second := o.get(ctx, base.String(), &m); second == nil {
			err = nil
		}
	}
	if err != nil {
		return metadata{}, err
	}
	if m.Issuer != issuer { // Discovery §4.3: exactly equal
		return metadata{}, fmt.Errorf("its discovery document says that it is the issuer %s", shown(m.Issuer))
	}
	if m.Keys != "" {
		if err := checkPublished("jwks_uri", m.Keys, issuer); err != nil {
			return metadata{}, err
		}
	}
	if m.Introspection != "" {
		if err := checkPublished("introspection_endpoint", m.Introspection, issuer); err != nil {
			return metadata{}, err
		}
	}
	return m, nil
}

// keyLife is how long the answer stays fresh (RFC 9111 §4.2), within our bounds.
func keyLife(h http.Header) time.Duration {
	life := defaultKeyLife
	for _, directive := range strings.Split(strings.ToLower(strings.Join(h.Values("Cache-Control"), ",")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name {
		case "no-store", "no-cache":
			return minKeyLife
		case "max-age":
			if seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil {
				life = time.Duration(seconds) * time.Second
			}
		}
	}
	return min(max(life-age(h), minKeyLife), maxKeyLife)
}

// age is how long the answer lay in a cache on its way (RFC 9111 §5.1).
func age(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Age"), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

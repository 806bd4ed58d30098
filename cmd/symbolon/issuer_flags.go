package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// issuerFlags are the settings of an issuer that none must have.
type issuerFlags struct {
	UserClaim  string             `placeholder:"CLAIM" help:"The claim that is the user's id. Default: sub."`
	Require    []string           `sep:"none" placeholder:"CLAIM=VALUE,…" help:"A claim that tokens must have, with the values of which it must hold one; any value, where none is given. May be repeated."`
	Factor     []string           `sep:"none" placeholder:"CLAIM=VALUE,…" help:"A claim that says, by these values, that a second factor was passed, such as amr=otp,hwk. May be repeated."`
	Algorithms []string           `placeholder:"NAME,…" help:"Signature algorithms that count. Default: RS256, PS256, ES256 and EdDSA."`
	Leeway     *symbolon.Duration `placeholder:"DURATION" help:"How far the provider's clock may be off. Default: PT30S."`

	IntrospectionClient     string         `group:"Opaque tokens:" placeholder:"ID" help:"Ask the provider about opaque tokens, as this client."`
	IntrospectionSecretFile string         `group:"Opaque tokens:" placeholder:"FILE" help:"A file with the client's secret, or - for standard input."`
	IntrospectionEndpoint   string         `group:"Opaque tokens:" placeholder:"URL" help:"Where to ask. Default: where discovery says."`
	IntrospectionCache      *symbolon.Span `group:"Opaque tokens:" placeholder:"DURATION" help:"How long an answer counts; PT0S for asking each time. Default: PT10S."`
}

// onto puts the flags that are given in place of what the issuer has under them.
func (f *issuerFlags) onto(m *Main, i *symbolon.Issuer) error {
	for _, one := range []struct {
		name  string
		given []string
		to    *map[string][]string
	}{{"require", f.Require, &i.Require}, {"factor", f.Factor, &i.Factor}} {
		if len(one.given) == 0 {
			continue
		}
		claims, err := claimFlags(one.name, one.given)
		if err != nil {
			return err
		}
		*one.to = claims
	}
	if f.UserClaim != "" {
		i.UserClaim = f.UserClaim
	}
	if len(f.Algorithms) > 0 {
		i.Algorithms = f.Algorithms
	}
	if f.Leeway != nil {
		i.Leeway = f.Leeway
	}
	return f.introspection(m, i)
}

func (f *issuerFlags) introspection(m *Main, i *symbolon.Issuer) error {
	if f.IntrospectionClient == "" && f.IntrospectionSecretFile == "" && f.IntrospectionEndpoint == "" && f.IntrospectionCache == nil {
		return nil
	}
	var in symbolon.Introspector
	if i.Introspection != nil {
		in = *i.Introspection
	}
	if f.IntrospectionClient != "" {
		in.ClientID = f.IntrospectionClient
	}
	if in.ClientID == "" {
		return invalid("introspection-client", "must be given with the other flags for opaque tokens")
	}
	if f.IntrospectionEndpoint != "" {
		in.Endpoint = f.IntrospectionEndpoint
	}
	if f.IntrospectionCache != nil {
		in.CacheFor = f.IntrospectionCache
	}
	i.Introspection = &in
	var err error
	in.ClientSecret, err = f.secret(m)
	return err
}

func (f *issuerFlags) secret(m *Main) (string, error) {
	var text []byte
	var err error
	switch f.IntrospectionSecretFile {
	case "":
		return "", nil
	case "-":
		text, err = io.ReadAll(m.Stdin)
	default:
		text, err = os.ReadFile(f.IntrospectionSecretFile)
	}
	if err != nil {
		return "", usageError{err}
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", invalid("introspection-secret-file", "must hold the client's secret; it is empty")
	}
	return secret, nil
}

// claimFlags reads flags of the form CLAIM=VALUE,VALUE. A claim may be a URL, so the last =
// counts.
func claimFlags(flag string, values []string) (map[string][]string, error) {
	claims := map[string][]string{}
	for _, v := range values {
		name, wanted := v, []string{}
		if at := strings.LastIndex(v, "="); at >= 0 {
			name, wanted = v[:at], strings.Split(v[at+1:], ",")
		}
		if name == "" || slices.Contains(wanted, "") {
			return nil, invalid(flag, "must be a claim and its values, such as amr=otp,hwk; got %q", v)
		}
		claims[name] = append(wanted, claims[name]...)
	}
	return claims, nil
}

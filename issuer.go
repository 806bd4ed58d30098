package symbolon

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Issuer is an OpenID provider whose tokens say who an app's users are: ID tokens, JWT
// access tokens (RFC 9068), and opaque ones by introspection (RFC 7662).
type Issuer struct {
	Issuer        string              `json:"issuer" doc:"The issuer's identifier, exactly as its discovery document and its tokens have it"`
	Audiences     []string            `json:"audiences" doc:"A token must be for at least one of these: client ids, or the identifier of an API"`
	UserClaim     string              `json:"userClaim,omitempty" doc:"The claim whose text or number is the user's id; sub where absent"`
	Require       map[string][]string `json:"require,omitempty" doc:"Claims that a token must have, each with the values of which it must hold one; no values where any will do"`
	Factor        map[string][]string `json:"factor,omitempty" doc:"Claims that say that a second factor was passed, such as amr, each with the values that do; one match is enough"`
	Algorithms    []string            `json:"algorithms,omitempty" doc:"Signature algorithms that are accepted; RS256, PS256, ES256 and EdDSA where absent"`
	Leeway        *Duration           `json:"leeway,omitempty" doc:"How far the issuer's clock may be off, from PT1S to PT5M; PT30S where absent"`
	Introspection *Introspector       `json:"introspection,omitempty" doc:"Accept opaque tokens by asking the issuer (RFC 7662)"`
}

// Introspector is how an issuer is asked about opaque tokens.
type Introspector struct {
	Endpoint     string `json:"endpoint,omitempty" doc:"Where to ask; as discovery says where absent"`
	ClientID     string `json:"clientId" doc:"Whom we are to the issuer"`
	ClientSecret string `json:"clientSecret,omitempty" writeOnly:"true" doc:"Kept encrypted and never shown; absent keeps the one there is, while issuer, endpoint and clientId stay the same"`
	CacheFor     *Span  `json:"cacheFor,omitempty" doc:"How long an answer counts, at most PT5M; PT10S where absent, PT0S for asking each time"`

	Sealed []byte `json:"-"` // the encrypted secret, as the store keeps it
}

// Bounds and defaults of issuers.
const (
	MaxIssuers         = 10
	MaxAudiences       = 20
	MaxClaims          = 10 // of Require and of Factor
	MaxClaimValues     = 20
	MaxLeeway          = 5 * time.Minute
	MaxIntrospectCache = 5 * time.Minute

	minLeeway              = time.Second
	defaultLeeway          = 30 * time.Second
	defaultIntrospectCache = 10 * time.Second
	maxClaimChars          = 255
)

// IssuerAlgorithms are the signature algorithms that an issuer may use; those that share a
// secret are not among them.
var IssuerAlgorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

var defaultIssuerAlgorithms = []string{"RS256", "PS256", "ES256", "EdDSA"}

// User is the name of the claim that is the user's id.
func (i Issuer) User() string {
	if i.UserClaim == "" {
		return "sub"
	}
	return i.UserClaim
}

// Signatures are the algorithms that are accepted.
func (i Issuer) Signatures() []string {
	if len(i.Algorithms) == 0 {
		return defaultIssuerAlgorithms
	}
	return i.Algorithms
}

// ClockLeeway is how far the issuer's clock may be off.
func (i Issuer) ClockLeeway() time.Duration {
	if i.Leeway == nil {
		return defaultLeeway
	}
	return i.Leeway.Std()
}

// Remember is how long an answer to an introspection counts.
func (i Introspector) Remember() time.Duration {
	if i.CacheFor == nil {
		return defaultIntrospectCache
	}
	return i.CacheFor.Std()
}

// IssuerQuestion asks whom a token is of, at a moment.
type IssuerQuestion struct {
	App     AppID
	Issuers []Issuer // those that the app lists, with ClientSecret in the clear
	Token   string
	Now     time.Time
}

// CheckIssuers refuses a list of issuers that breaks a rule, and names the member.
func CheckIssuers(all []Issuer) error {
	if len(all) > MaxIssuers {
		return InvalidField("issuers", "must have at most %d entries", MaxIssuers)
	}
	var seen []string
	for n, i := range all {
		at := "issuers[" + strconv.Itoa(n) + "]"
		if err := i.check(at); err != nil {
			return err
		}
		if slices.Contains(seen, i.Issuer) {
			return InvalidField(at+".issuer", "is listed twice")
		}
		seen = append(seen, i.Issuer)
	}
	return nil
}

func (i Issuer) check(at string) error {
	if !isIssuerURL(i.Issuer) {
		return InvalidField(at+".issuer", "must be a URL of https (or http on this machine), without query and fragment, as the provider's discovery document has it")
	}
	if len(i.Audiences) == 0 || len(i.Audiences) > MaxAudiences {
		return InvalidField(at+".audiences", "must have from 1 to %d entries", MaxAudiences)
	}
	for _, a := range i.Audiences {
		if err := checkClaimText(at+".audiences", a); err != nil {
			return err
		}
	}
	if i.UserClaim != "" {
		if err := checkClaimText(at+".userClaim", i.UserClaim); err != nil {
			return err
		}
	}
	if err := checkClaims(at+".require", i.Require, 0); err != nil {
		return err
	}
	if err := checkClaims(at+".factor", i.Factor, 1); err != nil {
		return err
	}
	for _, a := range i.Algorithms {
		if !slices.Contains(IssuerAlgorithms, a) {
			return InvalidField(at+".algorithms", "must be among %s; got %q", strings.Join(IssuerAlgorithms, ", "), a)
		}
	}
	if d := i.ClockLeeway(); d < minLeeway || d > MaxLeeway {
		return InvalidField(at+".leeway", "must be from PT1S to PT5M")
	}
	if i.Introspection == nil {
		return nil
	}
	return i.Introspection.check(at + ".introspection")
}

func (i Introspector) check(at string) error {
	if i.Endpoint != "" && !isIssuerURL(i.Endpoint) {
		return InvalidField(at+".endpoint", "must be a URL of https (or http on this machine), without query and fragment")
	}
	if err := checkClaimText(at+".clientId", i.ClientID); err != nil {
		return err
	}
	if i.ClientSecret != "" {
		if err := checkClaimText(at+".clientSecret", i.ClientSecret); err != nil {
			return err
		}
	}
	if d := i.Remember(); d < 0 || d > MaxIntrospectCache {
		return InvalidField(at+".cacheFor", "must be from PT0S to PT5M")
	}
	return nil
}

// checkClaims holds each list of values to its bounds; least is how many there must be.
func checkClaims(at string, claims map[string][]string, least int) error {
	if len(claims) > MaxClaims {
		return InvalidField(at, "must name at most %d claims", MaxClaims)
	}
	for name, values := range claims {
		if err := checkClaimText(at, name); err != nil {
			return err
		}
		if len(values) < least || len(values) > MaxClaimValues {
			return InvalidField(at+"."+name, "must have from %d to %d values", least, MaxClaimValues)
		}
		for _, v := range values {
			if err := checkClaimText(at+"."+name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkClaimText(field, s string) error {
	if s == "" {
		return InvalidField(field, "must not be empty")
	}
	return CheckOptionalText(field, s, maxClaimChars)
}

// loopbackHost is a name of this machine, where http is as good as https.
var loopbackHost = regexp.MustCompile(`^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?$`)

// isIssuerURL takes https, and http on this machine, where nobody listens in.
func isIssuerURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#") || len(s) > 2048 {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopbackHost.MatchString(u.Host)
}

// storedIssuer is an issuer as the store keeps it, with its encrypted secret.
type storedIssuer struct {
	Issuer
	Sealed []byte `json:"sealedSecret,omitempty"`
}

// EncodeIssuers and DecodeIssuers are the form in which a store keeps issuers: without the
// secrets in the clear, and with them sealed.
func EncodeIssuers(all []Issuer) ([]byte, error) {
	stored := make([]storedIssuer, len(all))
	for n, i := range all {
		if i.Introspection != nil {
			open := *i.Introspection
			stored[n].Sealed, open.ClientSecret = open.Sealed, ""
			i.Introspection = &open
		}
		stored[n].Issuer = i
	}
	return json.Marshal(stored)
}

// DecodeIssuers reads what EncodeIssuers wrote.
func DecodeIssuers(text []byte) ([]Issuer, error) {
	var stored []storedIssuer
	if err := json.Unmarshal(text, &stored); err != nil {
		return nil, err
	}
	all := make([]Issuer, len(stored))
	for n, s := range stored {
		all[n] = s.Issuer
		if s.Introspection != nil {
			all[n].Introspection.Sealed = s.Sealed
		}
	}
	return all, nil
}

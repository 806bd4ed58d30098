package server

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// passRule is what a proxy's own configuration asks of every request.
type passRule struct {
	app     symbolon.AppID
	require symbolon.Requirement
	maxRisk *int
	maxAge  time.Duration
	as401   bool // a browser is sent on by 401 with Location, not by 302

	challenge string // WWW-Authenticate
	page      string // the address of the check, but for where to go back to
}

// passRules remembers the rules that were read. They stand in the files of proxies, so
// there are few.
type passRules struct {
	mu    sync.RWMutex
	known map[string]*passRule
}

// maxPassRules bounds what is remembered, should a proxy let its clients write them.
const maxPassRules = 256

func (all *passRules) of(query string) (*passRule, error) {
	all.mu.RLock()
	rule := all.known[query]
	all.mu.RUnlock()
	if rule != nil {
		return rule, nil
	}
	rule, err := readPassRule(query)
	if err != nil {
		return nil, err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.known == nil || len(all.known) >= maxPassRules {
		all.known = map[string]*passRule{}
	}
	all.known[strings.Clone(query)] = rule
	return rule, nil
}

func readPassRule(query string) (*passRule, error) {
	given, err := url.ParseQuery(query)
	if err != nil {
		return nil, symbolon.Errorf(symbolon.ErrInvalidRequest, "the query is not well-formed: write each member as name=value, and uri= last")
	}
	rule := &passRule{require: symbolon.RequireKnown}
	if !given.Has("app") {
		return nil, symbolon.InvalidField("app", "must be given: the id of the app behind the proxy")
	}
	for name, values := range given {
		if len(values) > 1 {
			return nil, symbolon.InvalidField(shorten(name), "must be given once")
		}
		if err := rule.set(name, values[0]); err != nil {
			return nil, err
		}
	}
	rule.prepare()
	return rule, nil
}

func (rule *passRule) set(name, value string) (err error) {
	switch name {
	case "app":
		rule.app, err = symbolon.ParseAppID(value)
		return err
	case "require":
		rule.require = symbolon.Requirement(value)
		if !slices.Contains([]symbolon.Requirement{symbolon.RequireNone, symbolon.RequireKnown, symbolon.RequireTrusted}, rule.require) {
			return symbolon.InvalidField(name, "must be known, trusted or none")
		}
	case "maxRisk":
		most, err := strconv.Atoi(value)
		if err != nil || most < 0 || most > 100 {
			return symbolon.InvalidField(name, "must be a number from 0 to 100")
		}
		rule.maxRisk = &most
	case "maxAge":
		age, err := symbolon.ParseDuration(value)
		if err != nil {
			return symbolon.InvalidField(name, "must be an ISO 8601 duration, such as PT5M")
		}
		rule.maxAge = age.Std()
	case "redirect":
		if value != "302" && value != "401" {
			return symbolon.InvalidField(name, "must be 302 or 401")
		}
		rule.as401 = value == "401"
	default:
		return symbolon.InvalidField(shorten(name), "is not a parameter here; there are app, require, maxRisk, maxAge, redirect and, last, uri")
	}
	return nil
}

// prepare makes the texts that are the same for every request under the rule.
func (rule *passRule) prepare() {
	asked := rule.require
	if asked == symbolon.RequireNone {
		asked = symbolon.RequireKnown
	}
	rule.challenge = `Bearer error="insufficient_user_authentication", acr_values="urn:symbolon:` + string(asked) + `"`
	if rule.maxAge > 0 {
		rule.challenge += `, max_age="` + strconv.FormatInt(int64(rule.maxAge/time.Second), 10) + `"`
	}
	rule.page = checkPath + "?app=" + string(rule.app) + "&require=" + string(rule.require) + "&return="
}

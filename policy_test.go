package symbolon_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

func TestThePolicyOfAnAppThatSetNone(t *testing.T) {
	p := symbolon.DefaultPolicy()
	wantNone(t, p.Check())
	got, err := json.MarshalIndent(p, "", " ")
	wantNone(t, err)
	want := `{
 "registration": {
  "approval": "none",
  "algorithms": [
   "ES256",
   "EdDSA",
   "PS256",
   "RS256"
  ],
  "attestation": "none",
  "keyMaxAge": null
 },
 "limits": {
  "devices": 20,
  "perType": {},
  "overflow": "reject"
 },
 "trust": {
  "enabled": true,
  "duration": "P30D",
  "maxDuration": "P365D",
  "permanent": false,
  "idleTimeout": null
 },
 "actions": {
  "login": {
   "require": "trusted"
  }
 },
 "revocation": {
  "email_changed": "keep",
  "factor_reset": "distrust",
  "password_changed": "distrust",
  "sign_out_everywhere": "distrust",
  "suspicious": "block",
  "user_deactivated": "block"
 },
 "risk": {
  "points": {
   "anonymous_network": 30,
   "app_outdated": 15,
   "attestation_failed": 60,
   "automation": 45,
   "browser_downgraded": 20,
   "challenge_replayed": 30,
   "dormant_device": 20,
   "emulator": 40,
   "fingerprint_drift": 60,
   "impossible_travel": 60,
   "new_country": 25,
   "new_device": 10,
   "new_network": 8,
   "os_changed": 50,
   "private_browsing": 8,
   "proof_failures": 25,
   "resembles_blocked": 60,
   "rooted": 30,
   "shared_device": 20,
   "timezone_mismatch": 15,
   "too_many_devices": 10,
   "unknown_device": 50,
   "user_agent_mismatch": 35,
   "velocity_device": 25,
   "velocity_ip": 20,
   "velocity_user": 25
  },
  "challengeAt": 40,
  "distrustAt": 70,
  "denyAt": 90,
  "appVersions": {}
 },
 "rules": [],
 "retention": {
  "ip": "P90D",
  "events": null
 }
}`
	if string(got) != want {
		t.Errorf("got %s", got)
	}
}

func TestWhatGetGivesPutTakes(t *testing.T) {
	idle, events := symbolon.DefaultPolicy(), symbolon.DefaultPolicy()
	idle.Trust.IdleTimeout, idle.Limits.PerType[symbolon.TypeMobile] = span(14*day), 1
	events.Retention.IP, events.Retention.Events = nil, span(400*day)
	strict := symbolon.DefaultPolicy()
	strict.Risk.DenyAt, strict.Risk.Points[symbolon.RiskRooted] = symbolon.NeverAt, 0
	strict.Risk.AppVersions[symbolon.PlatformIOS] = "5.2"
	strict.Rules = []symbolon.Rule{{Name: "no <script> & co", Priority: 1, When: "risk.score > 1", Recommend: "DENY", Mode: "preview"}}
	for name, p := range map[string]symbolon.Policy{"default": symbolon.DefaultPolicy(), "idle": idle, "events": events, "strict": strict} {
		doc, err := json.Marshal(p)
		wantNone(t, err)
		back, err := symbolon.ParsePolicy(doc)
		if err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("%s: %s was read as %+v, error %v", name, doc, back, err)
		}
	}
}

func TestADocumentIsReadOverTheDefaults(t *testing.T) {
	for doc, change := range map[string]func(*symbolon.Policy){
		`{}`:                       func(*symbolon.Policy) {},
		" \n{ } \n":                func(*symbolon.Policy) {},
		`{"trust":{}}`:             func(*symbolon.Policy) {},
		`{"actions":{}}`:           func(*symbolon.Policy) {},
		`{"limits":{"devices":0}}`: func(p *symbolon.Policy) { p.Limits.Devices = 0 },
		`{"limits":{"perType":{"mobile":1},"overflow":"evict_lru"}}`: func(p *symbolon.Policy) {
			p.Limits.PerType, p.Limits.Overflow = map[symbolon.DeviceType]int{symbolon.TypeMobile: 1}, symbolon.OverflowEvictLRU
		},
		`{"registration":{"algorithms":["ES256"]}}`: func(p *symbolon.Policy) { p.Registration.Algorithms = []string{"ES256"} },
		`{"registration":{"approval":"admin"}}`:     func(p *symbolon.Policy) { p.Registration.Approval = symbolon.ApprovalAdmin },
		`{"trust":{"enabled":false}}`:               func(p *symbolon.Policy) { p.Trust.Enabled = false },
		`{"trust":{"idleTimeout":"PT1M"}}`:          func(p *symbolon.Policy) { p.Trust.IdleTimeout = span(minute) },
		`{"trust":{"idleTimeout":null}}`:            func(*symbolon.Policy) {},
		`{"limits":{"overflow":"user_choose"}}`:     func(p *symbolon.Policy) { p.Limits.Overflow = symbolon.OverflowChoose },
		`{"registration":{"attestation":"none"}}`:   func(*symbolon.Policy) {},
		`{"rules":[]}`:                     func(*symbolon.Policy) {},
		`{"risk":{"challengeAt":30}}`:      func(p *symbolon.Policy) { p.Risk.ChallengeAt = 30 },
		`{"risk":{"points":{"rooted":0}}}`: func(p *symbolon.Policy) { p.Risk.Points[symbolon.RiskRooted] = 0 },
		`{"risk":{"appVersions":{"android":"7"}}}`: func(p *symbolon.Policy) {
			p.Risk.AppVersions[symbolon.PlatformAndroid] = "7"
		},
		`{"retention":{"ip":null}}`:  func(p *symbolon.Policy) { p.Retention.IP = nil },
		`{"retention":{"ip":"P1D"}}`: func(p *symbolon.Policy) { p.Retention.IP = span(day) },
		`{"actions":{"transfer":{"require":"factor"}}}`: func(p *symbolon.Policy) {
			p.Actions["transfer"] = symbolon.ActionPolicy{Require: symbolon.RequireFactor}
		},
		`{"actions":{"login":{"require":"known"}}}`: func(p *symbolon.Policy) {
			p.Actions["login"] = symbolon.ActionPolicy{Require: symbolon.RequireKnown}
		},
		`{"actions":{"login":{}}}`: func(*symbolon.Policy) {},
		`{"revocation":{"email_changed":"remove"}}`: func(p *symbolon.Policy) {
			p.Revocation[symbolon.CauseEmailChanged] = symbolon.EffectRemove
		},
	} {
		want := symbolon.DefaultPolicy()
		change(&want)
		got, err := symbolon.ParsePolicy(json.RawMessage(doc))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: error %v\ngot  %+v\nwant %+v", doc, err, got, want)
		}
	}
}

func TestMembersThatAPolicyDoesNotTake(t *testing.T) {
	for doc, c := range map[string]struct{ field, words string }{
		// Names that it does not know, on every level, and those that only look like one it does.
		`{"trusted":{}}`:                             {"trusted", "is not known; there are registration, limits, trust, actions, revocation, risk, rules, retention"},
		`{"registration":{"limit":1}}`:               {"registration.limit", "there are approval, algorithms"},
		`{"limits":{"device":1}}`:                    {"limits.device", "there are devices, perType, overflow"},
		`{"limits":{"perType":{"phone":1}}}`:         {"limits.perType", `got "phone"`},
		`{"trust":{"idle":"P1D"}}`:                   {"trust.idle", "is not known"},
		`{"actions":{"login":{"requires":"known"}}}`: {"actions.login.requires", "there are require"},
		`{"revocation":{"bored":"keep"}}`:            {"revocation", `got "bored"`},
		`{"retention":{"logs":null}}`:                {"retention.logs", "there are ip, events"},
		`{"Trust":{"enabled":true}}`:                 {"Trust", "is not known"},
		`{"trust":{"Enabled":true}}`:                 {"trust.Enabled", "is not known"},
		`{"":{}}`:                                    {"", "is not known"},

		// Members that come twice, since readers differ in which of them they take.
		`{"trust":{"enabled":false},"trust":{"enabled":true}}`:      {"trust", "is given twice"},
		`{"trust":{"enabled":false,"enabled":true}}`:                {"trust.enabled", "is given twice"},
		`{"trust":{"enabled":false,"\u0065nabled":true}}`:           {"trust.enabled", "is given twice"},
		`{"revocation":{"suspicious":"block","suspicious":"keep"}}`: {"revocation.suspicious", "is given twice"},

		// null, where it could be meant as "none" and be read as the default.
		`{"trust":null}`:                         {"trust", "must not be null"},
		`{"trust":{"enabled":null}}`:             {"trust.enabled", "must not be null"},
		`{"trust":{"duration":null}}`:            {"trust.duration", "must not be null"},
		`{"limits":{"devices":null}}`:            {"limits.devices", "must not be null"},
		`{"limits":{"perType":null}}`:            {"limits.perType", "must not be null"},
		`{"limits":{"perType":{"mobile":null}}}`: {"limits.perType.mobile", "must not be null"},
		`{"actions":null}`:                       {"actions", "must not be null"},
		`{"actions":{"login":null}}`:             {"actions.login", "must not be null"},
		`{"registration":{"algorithms":null}}`:   {"registration.algorithms", "must not be null"},
		`{"registration":{"algorithms":[null]}}`: {"registration.algorithms[0]", "must not be null"},

		// Values of another type.
		`{"trust":true}`:                          {"trust", "must be a JSON object"},
		`{"actions":[]}`:                          {"actions", "must be a JSON object"},
		`{"trust":{"enabled":"yes"}}`:             {"trust.enabled", "must be true or false"},
		`{"trust":{"duration":30}}`:               {"trust.duration", "must be a string"},
		`{"limits":{"devices":1.5}}`:              {"limits.devices", "must be a whole number"},
		`{"limits":{"devices":"5"}}`:              {"limits.devices", "must be a whole number"},
		`{"limits":{"devices":1e999}}`:            {"limits.devices", "must be a whole number"},
		`{"registration":{"algorithms":"ES256"}}`: {"registration.algorithms", "must be a list"},
		`{"registration":{"algorithms":[256]}}`:   {"registration.algorithms[0]", "must be a string"},
	} {
		_, err := symbolon.ParsePolicy(json.RawMessage(doc))
		t.Run(doc, func(t *testing.T) { wantInvalid(t, err, c.field, c.words) })
	}
}

func TestValuesThatAPolicyDoesNotTake(t *testing.T) {
	long := strings.Repeat("x", 65)
	for doc, c := range map[string]struct{ field, words string }{
		`{"registration":{"approval":"someone"}}`:          {"registration.approval", "none, trusted_device or admin"},
		`{"registration":{"algorithms":[]}}`:               {"registration.algorithms", "at least one of ES256"},
		`{"registration":{"algorithms":["HS256"]}}`:        {"registration.algorithms", `among ES256, EdDSA, PS256, RS256; got "HS256"`},
		`{"registration":{"algorithms":["none"]}}`:         {"registration.algorithms", `got "none"`},
		`{"registration":{"attestation":"required"}}`:      {"registration.attestation", `must be none, since attestations are not verified yet; got "required"`},
		`{"registration":{"attestation":""}}`:              {"registration.attestation", "must be none"},
		`{"limits":{"devices":-1}}`:                        {"limits.devices", "from 0 (no limit) to 1000; got -1"},
		`{"limits":{"devices":1001}}`:                      {"limits.devices", "from 0 (no limit) to 1000; got 1001"},
		`{"limits":{"perType":{"mobile":-1}}}`:             {"limits.perType.mobile", "from 0 (no limit) to 1000"},
		`{"limits":{"perType":{"mobile":1001}}}`:           {"limits.perType.mobile", "from 0 (no limit) to 1000"},
		`{"limits":{"overflow":"shrug"}}`:                  {"limits.overflow", "reject, evict_lru or user_choose"},
		`{"trust":{"duration":"soon"}}`:                    {"trust.duration", `trust.duration: "soon" is not a duration`},
		`{"trust":{"duration":"P0D"}}`:                     {"trust.duration", "longer than zero and at most 100 years"},
		`{"trust":{"duration":"P366D"}}`:                   {"trust.duration", "not be longer than trust.maxDuration (P365D)"},
		`{"trust":{"maxDuration":"P7D"}}`:                  {"trust.duration", "not be longer than trust.maxDuration (P7D)"},
		`{"trust":{"idleTimeout":"PT59S"}}`:                {"trust.idleTimeout", "at least PT1M"},
		`{"trust":{"idleTimeout":"x"}}`:                    {"trust.idleTimeout", "is not a duration"},
		`{"actions":{"":{"require":"known"}}}`:             {"actions", "names that are not empty"},
		`{"actions":{"a\nb":{"require":"known"}}}`:         {"actions", "control characters"},
		`{"actions":{"` + long + `":{"require":"known"}}}`: {"actions", "at most 64 characters"},
		`{"actions":{"transfer":{}}}`:                      {"actions.transfer.require", "known, trusted or factor"},
		`{"actions":{"transfer":{"require":"luck"}}}`:      {"actions.transfer.require", `got "luck"`},
		`{"actions":{` + entries(100) + `}}`:               {"actions", "at most 100 entries"},
		`{"revocation":{"suspicious":"shrug"}}`:            {"revocation.suspicious", "keep, distrust, block or remove"},
		`{"retention":{"ip":"PT23H"}}`:                     {"retention.ip", "at least P1D"},
		`{"retention":{"events":"PT23H"}}`:                 {"retention.events", "at least P1D"},
	} {
		_, err := symbolon.ParsePolicy(json.RawMessage(doc))
		t.Run(doc[:min(len(doc), 60)], func(t *testing.T) { wantInvalid(t, err, c.field, c.words) })
	}
}

func TestAPolicyTakesTheBoundsThatItNames(t *testing.T) {
	for _, doc := range []string{
		`{"limits":{"devices":1000}}`,
		`{"limits":{"perType":{"mobile":0,"laptop":1000}}}`,
		`{"trust":{"duration":"P7D","maxDuration":"P7D"}}`,
		`{"trust":{"maxDuration":"P36500D"}}`,
		`{"trust":{"idleTimeout":"PT1M"}}`,
		`{"retention":{"ip":"P1D","events":"P1D"}}`,
		`{"actions":{"` + strings.Repeat("ü", 64) + `":{"require":"known"}}}`,
		`{"actions":{` + entries(99) + `}}`,
	} {
		if _, err := symbolon.ParsePolicy(json.RawMessage(doc)); err != nil {
			t.Errorf("%.60s: %v", doc, err)
		}
	}
}

// A document can't say these, but code can.
func TestSpansOfNoTime(t *testing.T) {
	p := symbolon.DefaultPolicy()
	p.Trust.Duration = 0
	wantInvalid(t, p.Check(), "trust.duration", "longer than zero")
	p.Trust.Duration, p.Trust.MaxDuration = 1, 0
	wantInvalid(t, p.Check(), "trust.duration", "not be longer than trust.maxDuration")
}

// entries are n actions beside login.
func entries(n int) string {
	var list []string
	for i := range n {
		list = append(list, `"a`+strings.Repeat("x", i/10)+string(rune('0'+i%10))+`":{"require":"known"}`)
	}
	return strings.Join(list, ",")
}

func TestWhatIsNoPolicyAtAll(t *testing.T) {
	for _, doc := range []string{
		``, ` `, `null`, `[]`, `"trust"`, `1`, `{`, `{"trust":{}`, `{} {}`, `{}x`, `{,}`, `{"trust":{"enabled":true,}}`,
		`{trust:{}}`, "{\"trust\":{\"enabled\xff\":true}}", "\ufeff{}", strings.Repeat("[", 20000),
	} {
		p, err := symbolon.ParsePolicy(json.RawMessage(doc))
		wantInvalid(t, err, "", "a policy must be")
		if p.Trust.Enabled {
			t.Errorf("%.20s was refused, and its policy allows trust", doc)
		}
	}
}

func TestALongPolicyIsRefusedUnread(t *testing.T) {
	space := strings.Repeat(" ", 64<<10-2)
	_, err := symbolon.ParsePolicy(json.RawMessage(space + "{}"))
	wantNone(t, err)
	if _, err = symbolon.ParsePolicy(json.RawMessage(space + "{} ")); !errors.Is(err, symbolon.ErrTooLarge) {
		t.Errorf("got %v, want it too large", err)
	}
}

// Two apps that set no policy must not share a map.
func TestDefaultsAreNobodysInCommon(t *testing.T) {
	p := symbolon.DefaultPolicy()
	p.Limits.PerType[symbolon.TypeMobile] = 1
	p.Registration.Algorithms[0] = "none"
	delete(p.Actions, symbolon.ActionLogin)
	*p.Retention.IP = 0
	if fresh := symbolon.DefaultPolicy(); reflect.DeepEqual(p, fresh) || fresh.Check() != nil || len(fresh.Limits.PerType) > 0 || len(fresh.Actions) != 1 {
		t.Errorf("a change of one policy shows in the next: %+v", fresh)
	}
}

func TestReadingAPolicyNeverPanics(t *testing.T) {
	for _, doc := range []string{`{"limits":{}}`, `{"actions":{"x":{"require":"known"}}}`} {
		for cut := range doc {
			for _, junk := range []string{"", "null", "{", "[", `"`, "0", "\\"} {
				if p, err := symbolon.ParsePolicy(json.RawMessage(doc[:cut] + junk + doc[cut:])); err == nil && p.Check() != nil {
					t.Errorf("%s was read, and breaks a rule", doc[:cut]+junk+doc[cut:])
				}
			}
		}
	}
}

package symbolon_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// A rule of matching: what an incident is about, and devices that are and are not.
func TestWhichDevicesAnIncidentIsAbout(t *testing.T) {
	type device = symbolon.Device
	june := func(day int) time.Time { return time.Date(2026, 6, day, 12, 0, 0, 0, time.UTC) }
	on := func(day int) *time.Time { t := june(day); return &t }
	at := func(ip string) device { return device{IPAddress: ip} }
	was := func(visits ...symbolon.Visit) device { return device{History: symbolon.History{Visits: visits}} }
	runs := func(version string) device {
		return device{Metadata: json.RawMessage(`{"appVersion":` + version + `,"model":"X"}`)}
	}
	granted := func(day int) device {
		return device{Trust: &symbolon.Trust{TrustedAt: june(1), GrantedAt: june(day)}}
	}
	trustedTo := func(day int) device {
		return device{Status: "active", ProvenAt: on(1), Trust: &symbolon.Trust{GrantedAt: june(1), TrustedUntil: on(day)}}
	}
	blockedBy := func(incident string) device {
		return device{Status: "blocked", Block: &symbolon.Block{Incident: incident}}
	}
	now, trust := june(20), symbolon.TrustPolicy{Enabled: true, MaxDuration: symbolon.Duration(365 * symbolon.Day)}
	for _, rule := range []struct {
		match string
		fits  []device
		not   []device
	}{
		{
			`{"trustedBetween":{"from":"2026-06-03T12:00:00Z","to":"2026-06-05T12:00:00Z"}}`,
			[]device{granted(3), granted(4), granted(5)},
			[]device{granted(2), granted(6), {}},
		},
		{`{"trustedBetween":{"from":"2026-06-03T12:00:00Z"}}`, []device{granted(30)}, []device{granted(2)}},
		{`{"registeredBetween":{"to":"2026-06-03T12:00:00Z"}}`, []device{{CreatedAt: june(3)}}, []device{{CreatedAt: june(4)}}},
		{`{"seenBetween":{"from":"2026-06-03T12:00:00Z"}}`, []device{{LastUsedAt: on(3)}, {CreatedAt: june(9)}}, []device{{LastUsedAt: on(2), CreatedAt: june(1)}, {CreatedAt: june(2)}}},

		{`{"network":["192.0.2.0/24"]}`, []device{at("192.0.2.0"), at("192.0.2.255")}, []device{at("192.0.3.0"), at(""), at("2001:db8::1")}},
		{`{"network":["192.0.2.7"]}`, []device{at("192.0.2.7")}, []device{at("192.0.2.8")}},
		{`{"network":["2001:db8::/32"]}`, []device{at("2001:db8:1:2::9")}, []device{at("2001:db9::1"), at("192.0.2.1")}},
		{`{"network":["0.0.0.0/0"]}`, []device{at("198.51.100.1")}, []device{at("2001:db8::1"), at("")}},
		{`{"network":["::ffff:192.0.2.7"]}`, []device{at("192.0.2.7")}, []device{at("192.0.2.8")}},
		{`{"network":["AS64500"]}`, []device{was(symbolon.Visit{ASN: 1}, symbolon.Visit{ASN: 64500})}, []device{was(symbolon.Visit{ASN: 6450}), at("192.0.2.1")}},
		{`{"network":["AS64500","192.0.2.0/24"]}`, []device{was(symbolon.Visit{ASN: 64500}), at("192.0.2.1")}, []device{at("192.0.3.1")}},

		{`{"country":["PT","ES"]}`, []device{was(symbolon.Visit{Country: "US"}, symbolon.Visit{Country: "ES"})}, []device{was(symbolon.Visit{Country: "FR"}), {Location: "Lisbon, PT"}}},
		{`{"lastCountry":["PT","ES"]}`, []device{{Country: "ES"}}, []device{{Country: "FR"}, {}, was(symbolon.Visit{Country: "ES"})}},
		{`{"appVersion":["1.2.0"]}`, []device{runs(`"1.2.0"`)}, []device{runs(`"1.2.01"`), runs(`"1.2"`), runs(`1`), {}, {Metadata: json.RawMessage(`[]`)}}},
		{`{"keyStorage":["software","browser"]}`, []device{{KeyStorage: "browser"}}, []device{{KeyStorage: "hardware"}, {}}},
		{`{"browser":["Chrome 12"]}`, []device{{Browser: "Chrome 12"}, {Browser: "Chrome 12.0"}, {Browser: "chrome 12"}}, []device{{Browser: "Chrome 120"}, {Browser: "Chromium 12"}, {}}},
		{`{"browser":["Chrome"]}`, []device{{Browser: "Chrome 120"}, {Browser: "Chrome Mobile 12"}}, []device{{Browser: "Safari 17"}}},
		{`{"operatingSystem":["Android 9"]}`, []device{{OperatingSystem: "Android 9"}}, []device{{OperatingSystem: "Android 90"}, {OperatingSystem: "Android"}}},
		{`{"platform":["ios"]}`, []device{{Platform: "ios"}}, []device{{Platform: "android"}}},
		{`{"deviceType":["mobile","tablet"]}`, []device{{Type: "tablet"}}, []device{{Type: "laptop"}}},

		{`{"status":["pending","unbound"]}`, []device{{Status: "pending"}, {Status: "unbound"}}, []device{{Status: "active"}, {Status: "blocked"}}},
		{`{"beginsWith":"Än"}`, []device{{UserID: "Änne"}, {Name: "änderung"}, {KeyID: "Än"}}, []device{{UserID: "änne"}, {KeyID: "än"}, {Name: "Xän"}}},
		{`{"trusted":true}`, []device{trustedTo(21)}, []device{trustedTo(20), {}, {Status: "active"}}},
		{`{"trusted":false}`, []device{trustedTo(20), {}, {Status: "active"}}, []device{trustedTo(21)}},
		{`{"riskFrom":40,"riskTo":69}`, []device{{RiskScore: 40}, {RiskScore: 69}}, []device{{RiskScore: 39}, {RiskScore: 70}}},
		{`{"riskFrom":0}`, []device{{}}, nil},
		{`{"riskTo":0}`, []device{{}}, []device{{RiskScore: 1}}},
		{`{"blockedBy":"inc_1"}`, []device{blockedBy("inc_1")}, []device{blockedBy("inc_2"), blockedBy(""), {}}},

		{`{"platform":["web"],"browser":["Chrome"]}`, []device{{Platform: "web", Browser: "Chrome 120"}}, []device{{Platform: "web"}, {Browser: "Chrome 120"}}},
	} {
		var m symbolon.IncidentMatch
		if err := json.Unmarshal([]byte(rule.match), &m); err != nil {
			t.Fatal(err)
		}
		if err := m.Check(); err != nil {
			t.Errorf("%s: %v", rule.match, err)
		}
		for i, d := range rule.fits {
			if !m.Matches(d, now, trust) {
				t.Errorf("%s does not match device %d of those that it is about: %+v", rule.match, i, d)
			}
		}
		for i, d := range rule.not {
			if m.Matches(d, now, trust) {
				t.Errorf("%s matches device %d of those that it is not about: %+v", rule.match, i, d)
			}
		}
	}
}

// What can't be meant is refused, and the member is named.
func TestIncidentsThatAreRefused(t *testing.T) {
	long := strings.Repeat(`"Chrome",`, symbolon.MaxMatchEntries) + `"Chrome"`
	for request, field := range map[string]string{
		`{"match":{}}`:                    "match",
		`{"match":{"browser":[]}}`:        "match",
		`{"match":{"trustedBetween":{}}}`: "match.trustedBetween",
		`{"match":{"seenBetween":{"from":"2026-06-05T00:00:00Z","to":"2026-06-04T00:00:00Z"}}}`: "match.seenBetween.to",
		`{"match":{"network":["192.0.2.0/24","here"]}}`:                                         "match.network[1]",
		`{"match":{"network":["192.0.2.0/33"]}}`:                                                "match.network[0]",
		`{"match":{"network":["AS0"]}}`:                                                         "match.network[0]",
		`{"match":{"network":["AS4294967296"]}}`:                                                "match.network[0]",
		`{"match":{"network":["fe80::1%eth0"]}}`:                                                "match.network[0]",
		`{"match":{"network":["::ffff:192.0.2.0/120"]}}`:                                        "match.network[0]",
		`{"match":{"country":["pt"]}}`:                                                          "match.country[0]",
		`{"match":{"country":["PRT"]}}`:                                                         "match.country[0]",
		`{"match":{"appVersion":[""]}}`:                                                         "match.appVersion[0]",
		`{"match":{"keyStorage":["pocket"]}}`:                                                   "match.keyStorage[0]",
		`{"match":{"browser":["Chrome\u0000"]}}`:                                                "match.browser[0]",
		`{"match":{"browser":[` + long + `]}}`:                                                  "match.browser",
		`{"match":{"operatingSystem":["` + strings.Repeat("x", 65) + `"]}}`:                     "match.operatingSystem[0]",
		`{"match":{"platform":["windows"]}}`:                                                    "match.platform[0]",
		`{"match":{"deviceType":["toaster"]}}`:                                                  "match.deviceType[0]",
		`{"match":{"platform":["web"]},"action":"remove","reason":"leak"}`:                      "action",
		`{"match":{"lastCountry":["XX1"]}}`:                                                     "match.lastCountry[0]",
		`{"match":{"status":["gone"]}}`:                                                         "match.status[0]",
		`{"match":{"beginsWith":"a\u0007"}}`:                                                    "match.beginsWith",
		`{"match":{"riskFrom":-1}}`:                                                             "match.riskFrom",
		`{"match":{"riskTo":101}}`:                                                              "match.riskTo",
		`{"match":{"riskFrom":50,"riskTo":49}}`:                                                 "match.riskTo",
		`{"match":{"blockedBy":"inc_1"},"action":"block","reason":"leak"}`:                      "match.blockedBy",
		`{"match":{"platform":["web"]},"action":"unblock","reason":"leak"}`:                     "match.blockedBy",
		`{"match":{"platform":["web"]},"action":"block"}`:                                       "reason",
		`{"match":{"platform":["web"]},"action":"block","reason":"a\u0007"}`:                    "reason",
	} {
		var r symbolon.IncidentRequest
		if err := json.Unmarshal([]byte(request), &r); err != nil {
			t.Fatal(err)
		}
		var own *symbolon.Error
		if err := r.Check(); !errors.As(err, &own) || own.Code != symbolon.ErrInvalidRequest || own.Field != field || !strings.HasPrefix(own.Message, field) {
			t.Errorf("%.80s: %v; want a complaint of %s", request, err, field)
		}
	}
	good := symbolon.IncidentRequest{Match: symbolon.IncidentMatch{Platform: []symbolon.Platform{"web"}}, Action: "block", Reason: "a leak"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

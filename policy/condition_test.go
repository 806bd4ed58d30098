package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// rule is a production rule that denies.
func rule(when string) symbolon.Rule {
	return symbolon.Rule{Name: "rule", Priority: 1, When: when, Recommend: symbolon.RecommendDeny, Mode: symbolon.RuleProduction}
}

func compile(t *testing.T, rules ...symbolon.Rule) *policy.Rules {
	t.Helper()
	compiled, err := policy.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// visit is a Saturday evening's transfer from Ada's trusted phone, in a foreign network.
func visit() policy.Facts {
	f := facts()
	f.Now = time.Date(2026, 3, 14, 21, 30, 0, 0, time.FixedZone("CET", 3600)) // 20:30 UTC
	*f.Device = symbolon.Device{
		ID: "0195-phone", UserID: "ada", KeyID: "key-1", EndpointID: "hull-7", Name: "Ada's phone",
		Type: symbolon.TypeMobile, Platform: symbolon.PlatformAndroid, OperatingSystem: "Android 16", Browser: "Chrome 150",
		UserAgent: "Mozilla/5.0 (Linux; Android 16)", KeyStorage: symbolon.StorageHardware, Status: symbolon.StatusActive,
		CreatedAt: f.Now.Add(-20*day - hour), SessionBoundAt: new(f.Now.Add(-7 * hour)), ProvenAt: after(-day), LastUsedAt: new(f.Now.Add(-3*day - hour)), UsageCount: 12,
		Trust: &symbolon.Trust{TrustedAt: noon, GrantedAt: f.Now.Add(-5*day - hour), Factor: "sms"},
	}
	f.Policy.Trust.Permanent = true
	f.Action, f.IPAddress, f.AppVersion = "transfer", "203.0.113.7", "5.2.0"
	f.OperatingSystem, f.Browser = "Windows 11", "Firefox 150"
	f.Place = symbolon.Place{Country: "FR", TimeZone: "Europe/Paris", ASN: 64500, Network: "Example Hosting", Anonymous: true}
	f.Around = symbolon.Around{UserDevices: 4, KeyUsers: 2, HardwareUsers: 3, Blocked: make([]symbolon.BlockedDevice, 1)}
	f.Risk = symbolon.Risk{Score: 27, Level: "low", Reasons: []symbolon.Reason{
		{Code: symbolon.RiskNewCountry, Points: 25, Weight: 100}, {Code: symbolon.RiskRooted, Weight: 100},
	}}
	return f
}

// Every field of every variable, as it is on the visit, and in a condition that nearly holds.
func TestWhatAConditionSees(t *testing.T) {
	seen := map[bool][]string{
		true: {
			`device.id == "0195-phone"`, `device.keyId == "key-1"`, `device.endpointId == "hull-7"`, `device.name == "Ada's phone"`,
			`device.type == "mobile"`, `device.platform == "android"`, `device.operatingSystem.startsWith("Android")`,
			`device.browser.contains("Chrome")`, `device.userAgent.endsWith("16)")`, `device.keyStorage == "hardware"`,
			`device.status == "active"`, `device.known`, `device.ageDays == 20`, `device.lastUsedDays == 3`, `device.usageCount == 12`,
			`device.users == 2`, `device.hardwareUsers == 3`, `device.session_bound`,
			`user.id == "ada"`, `user.devices == 4`, `user.blockedDevices == 1`,
			`request.proof == "valid"`, `request.ipAddress == "203.0.113.7"`, `request.country in ["CH", "FR"]`, `request.timeZone == "Europe/Paris"`,
			`request.asn == 64500`, `request.network == "Example Hosting"`, `request.anonymous`, `request.appVersion == "5.2.0"`,
			`request.operatingSystem == "Windows 11"`, `request.browser == "Firefox 150"`, `device.operatingSystem != request.operatingSystem`,
			`request.hour == 20`, `request.weekday == 6`,
			`risk.score == 27`, `risk.level == "low"`, `"new_country" in risk.reasons`, `"rooted" in risk.reasons`, `size(risk.reasons) == 2`,
			`trust.active`, `trust.state == "active"`, `trust.factor == "sms"`, `trust.permanent`, `trust.ageDays == 5`,
			`action == "transfer"`,

			`request.ipAddress.within("203.0.113.0/24")`, `!request.ipAddress.within("2001:db8::/32")`,
			`risk.score >= 20 && (action == "login" || action == "transfer")`, `risk.score > 30 ? false : device.ageDays * 2 > 39`,
			"request.anonymous\n  // a comment\n  && !(request.country in [])",
		},
		false: {
			`device.id == "0195-phon"`, `device.platform == "Android"`, `device.operatingSystem.startsWith("android")`, `!device.known`,
			`device.ageDays > 20`, `device.lastUsedDays < 3`, `user.devices > 4`, `request.country in ["CH", "DE"]`, `!request.anonymous`,
			`request.hour == 21`, `request.weekday == 7`, `risk.score > 27`, `"new_network" in risk.reasons`, `!trust.active`,
			`trust.ageDays > 5`, `action == "login"`, `request.ipAddress.within("203.0.113.8/29")`,
		},
	}
	for want, conditions := range seen {
		for _, when := range conditions {
			f := visit()
			f.Rules = compile(t, rule(when))
			if got := policy.Evaluate(f); (len(got.Rules) == 1) != want || want && got.Rules[0].Failed {
				t.Errorf("%s: got %+v, want it to hold: %v", when, got.Rules, want)
			}
		}
	}
}

// What is unknown is empty, and never fails.
func TestWhatAConditionSeesOfAStranger(t *testing.T) {
	for _, when := range []string{
		`device.id + device.keyId + device.endpointId == ""`, `device.name + device.type + device.platform == ""`,
		`device.operatingSystem + device.browser + device.userAgent == ""`, `device.keyStorage + device.status == ""`,
		`!device.known && !device.session_bound && device.ageDays + device.lastUsedDays + device.usageCount + device.users + device.hardwareUsers == 0`,
		`user.id == "ada" && user.devices + user.blockedDevices == 0`,
		`request.proof == "unknown_key" && request.ipAddress + request.country == ""`,
		`request.timeZone + request.network + request.appVersion == ""`, `request.operatingSystem + request.browser == ""`,
		`request.asn == 0 && !request.anonymous && request.hour == 12 && request.weekday == 1`,
		`risk.score == 0 && risk.level == "" && risk.reasons == []`,
		`!trust.active && trust.state == "none" && trust.factor == "" && !trust.permanent && trust.ageDays == 0`,
		`action == "login" && !request.ipAddress.within("0.0.0.0/0")`,
	} {
		f := facts()
		f.Proof, f.Device = symbolon.ProofUnknownKey, nil
		f.Rules = compile(t, rule(when))
		if got := policy.Evaluate(f); len(got.Rules) != 1 || got.Rules[0].Failed {
			t.Errorf("%s: got %+v, want it to hold", when, got.Rules)
		}
	}
}

func TestAnIPv4AddressIsItselfAlsoInsideIPv6(t *testing.T) {
	f := visit()
	f.IPAddress, f.Rules = "::ffff:203.0.113.7", compile(t, rule(`request.ipAddress.within("203.0.113.0/24")`))
	if got := policy.Evaluate(f); len(got.Rules) != 1 {
		t.Errorf("got %+v, want the rule to hold", got)
	}
}

// Of a time that is still to come, as another machine's clock may tell, no days have passed.
func TestDaysAreNeverBelowZero(t *testing.T) {
	f := visit()
	later := f.Now.Add(3 * symbolon.Day)
	d := *f.Device
	d.CreatedAt, d.LastUsedAt = later, &later
	f.Device, f.Rules = &d, compile(t, rule("device.ageDays == 0 && device.lastUsedDays == 0"))
	if got := policy.Evaluate(f); len(got.Rules) != 1 {
		t.Errorf("got %+v, want the rule to hold", got)
	}
}

// A text is cut where it is longer than its cost allows for.
func TestALongTextIsCut(t *testing.T) {
	f := visit()
	f.Device.UserAgent = strings.Repeat("x", 1024) + "tail"
	f.Rules = compile(t, rule(`device.userAgent.contains("tail") || size(device.userAgent) != 1024`))
	if got := policy.Evaluate(f); len(got.Rules) != 0 {
		t.Errorf("got %+v, want the tail not to be seen", got.Rules)
	}
}

func TestConditionsThatAreRefused(t *testing.T) {
	for when, want := range map[string]string{
		// Wrong names, with those that there are.
		`device.plattform == "web"`:         "line 1, column 7: undefined field 'plattform'; device has id, keyId, endpointId, name, type, platform,",
		"risk.score > 10 &&\n  trust.activ": "line 2, column 8: undefined field 'activ'; trust has active, state, factor, permanent, ageDays",
		`"é" == "é" && user.nam == ""`:      "line 1, column 19: undefined field 'nam'; user has id, devices, blockedDevices",
		`devise.id == ""`:                   "line 1, column 1: undeclared reference to 'devise' (did you mean 'device'?); there are action, device, user, request, risk, trust,",
		`device.id.length > 3`:              "line 1, column 10: type 'string' does not support field selection",
		`acton == "login"`:                  "undeclared reference to 'acton'",

		// Wrong types.
		`device.type`:                      "line 1, column 1: it must give true or false; this gives a value of type string",
		`risk.score`:                       "must give true or false; this gives a value of type int",
		`device`:                           "must give true or false",
		`risk.score == "high"`:             "line 1, column 12: found no matching overload for '_==_' applied to '(int, string)'",
		`request.country in ["US", 3]`:     "line 1, column 27: expected type 'string' but found 'int'",
		`risk.score > 10.5`:                "found no matching overload",
		`device == device`:                 "line 1, column 1: device can't be used as a whole; name one of its fields",
		`[trust, trust] == []`:             "trust can't be used as a whole",
		`request.ipAddress.within("home")`: `within takes a network in quotes, such as "192.0.2.0/24"`,
		`request.ipAddress.within("::ffff:192.0.2.0/120")`: `within takes IPv4 networks as IPv4, such as "192.0.2.0/24"`,
		`request.ipAddress.within(user.id)`:                "within takes a network in quotes",
		`request.ipAddress.within(1)`:                      "found no matching overload",

		// No condition at all.
		``:             "line 1, column 1: Syntax error",
		`risk.score >`: "line 1, column 13: Syntax error",
		`true true`:    "line 1, column 6: Syntax error",
		`'unclosed`:    "Syntax error",
		"true\x00":     "Syntax error",

		// What would loop, hide a wrong name, or make something.
		`risk.reasons.exists(r, r == "x")`:   "undeclared reference to 'exists'",
		`risk.reasons.all(r, true)`:          "undeclared reference to 'all'",
		`risk.reasons.map(r, r) == []`:       "undeclared reference to 'map'",
		`has(device.id)`:                     "undeclared reference to 'has'",
		`device.name.matches("(a+)+$")`:      "undeclared reference to 'matches'",
		`dyn(device).nope == 1`:              "undeclared reference to 'dyn'",
		`int(device.name) == 1`:              "undeclared reference to 'int'",
		`string(risk.score) == "1"`:          "undeclared reference to 'string'",
		`timestamp("x") == timestamp("y")`:   "undeclared reference to 'timestamp'",
		`type(device.id) == string`:          "undeclared reference to 'type'",
		`optional.none() == optional.none()`: "undeclared reference to 'optional.none'; there are",
		`device{id: "x"}.id == "x"`:          "a condition can't make objects",
		`{"a": 1}["a"] == 1`:                 "a condition can't make objects",

		// What could take too long.
		strings.Repeat("(", 60) + "true" + strings.Repeat(")", 60): "recursion limit exceeded: 40",
		`device.userAgent.contains(device.name)`:                   "units to evaluate, and at most 2000 are allowed",
		strings.Repeat(`"x" in risk.reasons || `, 60) + "true":     "units to evaluate, and at most 2000 are allowed",
		strings.Repeat("device.name + ", 20) + `"" == ""`:          "units to evaluate, and at most 2000 are allowed",
	} {
		_, err := policy.Compile([]symbolon.Rule{rule("true"), rule(when)})
		wantFault(t, err, when, want)
	}
}

func wantFault(t *testing.T, err error, when, words string) {
	t.Helper()
	own, ok := err.(*symbolon.Error) //nolint:errorlint // the error itself is what a client reads
	if !ok || own.Code != symbolon.ErrInvalidRequest || own.Field != "rules[1].when" ||
		!strings.HasPrefix(own.Message, "rules[1].when does not compile: line ") || !strings.Contains(own.Message, words) {
		t.Errorf("%.60s: got %v\nwant %s", when, err, words)
	}
	if ok && (strings.Contains(own.Message, "container") || strings.Contains(own.Message, "cel.")) {
		t.Errorf("%.60s: %q speaks to those who write the service", when, own.Message)
	}
}

// As many comparisons as fit the length of a condition are within its cost.
func TestLongConditionsThatAreTaken(t *testing.T) {
	var countries []string
	for i := range 250 {
		countries = append(countries, fmt.Sprintf("%q", fmt.Sprintf("C%d", i%10)))
	}
	for _, when := range []string{
		"request.country in [" + strings.Join(countries, ",") + "]",
		strings.Repeat("request.asn == 64500 || ", 80) + "false",
		strings.Repeat(`"rooted" in risk.reasons || `, 25) + "false",
		strings.Repeat(`device.browser.startsWith("Chrome") || `, 45) + "false",
	} {
		if len(when) > symbolon.MaxRuleWhen {
			t.Fatalf("%.40s has %d bytes: no policy has it", when, len(when))
		}
		if _, err := policy.Compile([]symbolon.Rule{rule(when)}); err != nil {
			t.Errorf("%.40s: %v", when, err)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, when := range append(conditions, "", "true", "device{}", `risk.reasons[0] == "x"`, "\n\n risk.", "1/0 == 1") {
		f.Add(when)
	}
	facts := visit()
	f.Fuzz(func(t *testing.T, when string) {
		rules, err := policy.Compile([]symbolon.Rule{rule(when)})
		if err != nil {
			if own, ok := err.(*symbolon.Error); !ok || own.Field != "rules[0].when" { //nolint:errorlint // as above
				t.Fatalf("%q: got %v", when, err)
			}
			return
		}
		facts.Rules = rules
		if got := policy.Evaluate(facts); len(got.Rules) > 1 {
			t.Fatalf("%q: got %+v", when, got)
		}
	})
}

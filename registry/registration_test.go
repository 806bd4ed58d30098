package registry_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

func TestRegisteringAgainGivesTheSameDevice(t *testing.T) {
	w := newWorld(t)
	phone := w.browser(ada)
	first, created, err := phone.registerBy(w.user(bank, ada))
	if err != nil || !created {
		t.Fatalf("first: created %v, %v", created, err)
	}
	w.pass(time.Hour)
	again, created, err := phone.registerBy(w.user(bank, ada), func(r *symbolon.Registration) { r.DeviceName = "Another name" })
	if err != nil || created || again.ID != first.ID || again.Name != first.Name {
		t.Errorf("again: created %v, %v, %+v", created, err, again)
	}
	if events := w.events(bank, first.ID); len(events) != 1 {
		t.Errorf("%d events: %v", len(events), events)
	}
}

// The answer to the first try was lost: the ticket is spent, and the key is there.
func TestAnHonestRetryNeedsNoOtherTicket(t *testing.T) {
	w := newWorld(t)
	ticket := w.ticket(bank, ada)
	phone, second := w.browser(ada), w.browser(ada)
	_, created, err := phone.registerBy(w.bearer(bank, ticket))
	if err != nil || !created {
		t.Fatalf("first: %v, %v", created, err)
	}
	d, created, err := phone.registerBy(w.bearer(bank, ticket))
	if err != nil || created || d.ID != phone.id {
		t.Errorf("the retry: %v, %v", created, err)
	}
	_, _, err = second.registerBy(w.bearer(bank, ticket))
	w.refused("another key with the same ticket", err, symbolon.ErrUnauthenticated)
	if devices, err := w.store.ListUserDevices(t.Context(), bank, ada); err != nil || len(devices) != 1 {
		t.Errorf("devices: %v, %v", devices, err)
	}
}

func TestOneTicketRegistersOneDeviceAmong32(t *testing.T) {
	w := newWorld(t)
	c := w.user(bank, ada)
	var all [32]symbolon.Registration
	for i := range all {
		all[i] = w.browser(ada).registration()
	}
	done := race(32, func(i int) bool {
		_, _, err := w.reg.Register(t.Context(), c, bank, all[i])
		return err == nil
	})
	if done[true] != 1 {
		t.Errorf("%d registrations by one ticket", done[true])
	}
}

func TestARegistrationIsNotRepeated(t *testing.T) {
	w := newWorld(t)
	phone := w.browser(ada)
	req := phone.registration()
	c := w.user(bank, ada)
	_, _, err := w.reg.Register(t.Context(), c, bank, req)
	w.ok(err)
	_, _, err = w.reg.Register(t.Context(), c, bank, req)
	w.refused("the same proof again", err, symbolon.ErrChallengeReplayed)
	w.pass(5 * time.Minute)
	_, _, err = w.reg.Register(t.Context(), w.user(bank, ada), bank, req)
	w.refused("much later", err, symbolon.ErrChallengeExpired)
}

func TestATicketsTrustIsAppliedAtRegistration(t *testing.T) {
	w := newWorld(t)
	month := symbolon.Duration(30 * symbolon.Day)
	trusting := func(r *symbolon.TicketRequest) {
		r.Factor, r.Trust = "otp", &symbolon.TrustTerms{Duration: &month}
	}
	phone := w.browser(ada)
	d, _, err := phone.registerBy(w.user(bank, ada, trusting))
	w.ok(err)
	if d.Trust == nil || d.Trust.Factor != "otp" || !d.Trust.TrustedUntil.Equal(w.now.Add(30*symbolon.Day)) {
		t.Fatalf("trust: %+v", d.Trust)
	}
	w.saw("at once", phone.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
	_, err = w.reg.IssueTicket(t.Context(), w.backend(bank), bank, symbolon.TicketRequest{UserID: ada, Trust: &symbolon.TrustTerms{}})
	w.refused("trust without a factor", err, symbolon.ErrInvalidRequest)
	w.policy(bank, `{"registration":{"approval":"admin"}}`)
	waits := w.browser(ada)
	if d, _, err := waits.registerBy(w.user(bank, ada, trusting)); err != nil || d.Status != symbolon.StatusPending || d.Trust != nil {
		t.Errorf("a device that waits: %+v, %v", d.Trust, err)
	}
}

func TestThePolicySaysWhichAlgorithmsComeIn(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"algorithms":["ES256","PS256"]}}`)
	for _, alg := range proof.Algorithms() {
		_, err := w.fake(bank, ada, alg).tryRegister()
		if alg == proof.ES256 || alg == proof.PS256 {
			w.ok(err)
			continue
		}
		w.refused(string(alg), err, symbolon.ErrAlgorithmNotAllowed)
		_, _, err = w.reg.RegisterKey(t.Context(), w.backend(bank), bank, ada, symbolon.KeyRegistration{PublicKey: w.newPair(alg).public.JWK()})
		w.refused(string(alg)+", enrolled", err, symbolon.ErrAlgorithmNotAllowed)
		phone := w.registered(ada)
		_, err = phone.rotate(w.newPair(alg))
		w.refused("rotating to "+string(alg), err, symbolon.ErrAlgorithmNotAllowed)
	}
}

// RS256 and PS256 have the same keys. Which of the two a key is for, its first
// registration says for good.
func TestAKeyHasOneAlgorithmForLife(t *testing.T) {
	w := newWorld(t)
	phone := w.fake(bank, ada, proof.PS256)
	phone.register()
	public, err := proof.NewPublicKey(phone.signer.Public(), proof.RS256)
	w.ok(err)
	for _, user := range []symbolon.UserID{ada, bob} {
		turned := phone.as(user)
		turned.public = public
		_, err = turned.tryRegister()
		w.refused("the same key for RS256, for "+string(user), err, symbolon.ErrConflict)
	}
}

// On the web the server sees what the browser is, and a limit on mobiles is not dodged
// by saying otherwise.
func TestABrowserCantLieAboutItsType(t *testing.T) {
	for what, lie := range map[string]func(*symbolon.Registration){
		"type":              func(r *symbolon.Registration) { r.DeviceType = symbolon.TypeTablet },
		"type and platform": func(r *symbolon.Registration) { r.DeviceType, r.Platform = symbolon.TypeTablet, symbolon.PlatformIOS },
		"signals": func(r *symbolon.Registration) {
			r.Signals = json.RawMessage(`{"osName":"Windows","deviceModel":"Surface","userAgentData":{"platform":"Windows"}}`)
		},
	} {
		w := newWorld(t)
		w.policy(bank, `{"limits":{"perType":{"mobile":1}}}`)
		onPhone := func(r *symbolon.Registration) { r.Context.UserAgent = iphone }
		if d := w.browser(ada).register(onPhone, lie); d.Type != symbolon.TypeMobile || d.Platform != symbolon.PlatformWeb || d.Name != "Safari on iPhone" {
			t.Errorf("a lie about %s: %s, %s, %s", what, d.Type, d.Platform, d.Name)
		}
		_, err := w.browser(ada).tryRegister(onPhone, lie)
		w.refused("a second mobile", err, symbolon.ErrDeviceLimitReached)
	}
}

func TestAnAppSaysWhatItIs(t *testing.T) {
	w := newWorld(t)
	app := func(r *symbolon.Registration) {
		r.Platform, r.DeviceType, r.Context.UserAgent = symbolon.PlatformIOS, symbolon.TypeMobile, "MyApp/2.5.0 (iPhone; iOS 17.3)"
		r.ManufacturerID = "A1B2"
	}
	d := w.browser(ada).register(app)
	if d.Type != symbolon.TypeMobile || d.Platform != symbolon.PlatformIOS || d.KeyStorage != symbolon.StorageSoftware || d.OperatingSystem != "iOS 17.3" {
		t.Errorf("an app: %+v", d)
	}
	twin := w.browser(bob).register(app)
	elsewhere := w.fake(shop, ada, proof.ES256).register(app)
	if d.EndpointID == "" || twin.EndpointID != d.EndpointID || elsewhere.EndpointID == d.EndpointID {
		t.Errorf("endpoints: %q, on the same phone %q, in another app %q", d.EndpointID, twin.EndpointID, elsewhere.EndpointID)
	}
	for field, wrong := range map[string]func(*symbolon.Registration){
		"deviceType": func(r *symbolon.Registration) { r.DeviceType = "fridge" },
		"platform":   func(r *symbolon.Registration) { r.Platform = "amiga" },
		"deviceName": func(r *symbolon.Registration) { r.DeviceName = strings.Repeat("n", 256) },
		"metadata":   func(r *symbolon.Registration) { r.Metadata = json.RawMessage(`[1]`) },
		"manufact":   func(r *symbolon.Registration) { r.ManufacturerID = "a\x1b" },
		"signals":    func(r *symbolon.Registration) { r.Signals = json.RawMessage(`"x"`) },
	} {
		_, err := w.browser(ada).tryRegister(app, wrong)
		w.refused(field, err, symbolon.ErrInvalidRequest)
		if err != nil && !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%s: the message is %q", field, err)
		}
	}
}

func TestMetadataIsTheAppsOwnOverWhatTheDeviceShows(t *testing.T) {
	w := newWorld(t)
	d := w.browser(ada).register(func(r *symbolon.Registration) {
		r.Signals = json.RawMessage(`{"screen":{"width":2560,"height":1440},"timeZone":"America/New_York","languages":["en-US"]}`)
		r.Metadata = json.RawMessage(`{"language":"de","serial":12345678901234567890,"nested":{"a":[1]}}`)
	})
	const want = `{"language":"de","nested":{"a":[1]},"screenResolution":"2560x1440","serial":12345678901234567890,"timezone":"America/New_York"}`
	if got := string(w.get(bank, d.ID).Metadata); got != want {
		t.Errorf("metadata\n%s\nwant\n%s", got, want)
	}
}

// A person's name for it stays; the made-up one follows the browser.
func TestANameFollowsTheBrowserUntilAPersonGivesOne(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"risk":{"challengeAt":101,"distrustAt":101,"denyAt":101}}`) // nothing is too odd to become the record
	made := w.registered(ada)
	given := w.browser(ada)
	given.register(func(r *symbolon.Registration) { r.DeviceName = "Kitchen 🍲" })
	for f, want := range map[*fake]string{made: "Firefox on Linux", given: "Kitchen 🍲"} {
		w.decision(f.ask(f.prove(), func(r *symbolon.DecisionRequest) { r.Context.UserAgent = firefox }))
		if d := f.stored(); d.Name != want || d.Browser != "Firefox 122" {
			t.Errorf("name %q, browser %q; want %q", d.Name, d.Browser, want)
		}
	}
}

// A backend that passes the user agent on, and no signals, must not make the record poorer.
func TestARequestThatShowsLessTakesNothingAway(t *testing.T) {
	w := newWorld(t)
	phone := w.browser(ada)
	phone.register(func(r *symbolon.Registration) {
		r.Signals = json.RawMessage(`{"screen":{"width":2560,"height":1440},"cores":8}`)
		r.Context.ClientHints = map[string]string{
			"Sec-CH-UA-Platform": `"macOS"`, "Sec-CH-UA-Platform-Version": `"14.2.0"`,
			"sec-ch-ua-full-version-list": `"Chromium";v="121.0.6167.184", "Google Chrome";v="121.0.6167.184"`,
		}
	})
	before := phone.stored()
	if before.OperatingSystem != "macOS 14.2" || before.Browser != "Chrome 121.0.6167.184" || !strings.HasPrefix(before.Fingerprint, "v2.") {
		t.Fatalf("registered: %s, %s, %s", before.OperatingSystem, before.Browser, before.Fingerprint)
	}
	updated := strings.ReplaceAll(chrome, "121", "122")
	w.decision(phone.ask(phone.prove(), func(r *symbolon.DecisionRequest) { r.Context.UserAgent = updated }))
	after := phone.stored()
	if after.OperatingSystem != "macOS 14.2" || !strings.HasPrefix(after.Browser, "Chrome 122") || after.Fingerprint != before.Fingerprint {
		t.Errorf("after an update: %s, %s, %s", after.OperatingSystem, after.Browser, after.Fingerprint)
	}
	w.decision(phone.ask(phone.prove()))
	if still := phone.stored(); still.Version != after.Version || still.UserAgent != updated {
		t.Errorf("a request that shows nothing changed the record: %+v", still)
	}
}

func TestAddressesHaveOneSpelling(t *testing.T) {
	w := newWorld(t)
	d := w.browser(ada).register(func(r *symbolon.Registration) { r.Context.IPAddress = "::ffff:203.0.113.9" })
	if d.IPAddress != "203.0.113.9" {
		t.Errorf("address %q", d.IPAddress)
	}
}

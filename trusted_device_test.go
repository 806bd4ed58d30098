package symbolon_test

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

// records are devices in every state that trust can be in, by what the flat record of
// each must say of isActive.
func records() map[string]struct {
	device symbolon.Device
	active bool
} {
	revoked, expired, permanent, blocked, full := laptop(), laptop(), laptop(), laptop(), laptop()
	revoked.Trust.RevokedAt, revoked.Trust.RevokedReason, revoked.Trust.RevokedBy = after(0), "lost", "user:ada"
	expired.Trust.TrustedUntil = after(0)
	permanent.Trust.TrustedUntil = nil
	blocked.Status, blocked.Block = symbolon.StatusBlocked, &symbolon.Block{At: noon, Before: symbolon.StatusActive}
	full.Fingerprint, full.UserAgent, full.OperatingSystem, full.Browser = "v1.abc", "Mozilla/5.0 …", "macOS 14.2", "Chrome 121"
	full.IPAddress, full.Location, full.UsageCount, full.RiskScore = "2001:db8::1", "Zürich, CH", 145, 100
	full.LastUsedAt, full.LastVerifiedAt = after(-hour), after(-day)
	full.Metadata = json.RawMessage(`{"colorDepth":24}`)
	imported := imported(minimal())
	return map[string]struct {
		device symbolon.Device
		active bool
	}{
		"trusted": {laptop(), true}, "with all that can be known": {full, true}, "permanent": {permanent, true},
		"revoked": {revoked, false}, "expired": {expired, false}, "blocked": {blocked, false},
		"imported": {imported, false},
	}
}

// minimal is a record with nothing but what is required.
func minimal() symbolon.TrustedDevice {
	return symbolon.TrustedDevice{
		Kind: "TrustedDevice", DeviceID: "dev_550e8400", UserID: "user_123456", DeviceName: "Sarah's Work Laptop",
		DeviceType: symbolon.TypeLaptop, TrustedAt: noon, CreatedAt: noon,
	}
}

func imported(r symbolon.TrustedDevice) symbolon.Device {
	d, err := r.Device("acme", "")
	if err != nil {
		panic(err)
	}
	return d
}

func permissive() symbolon.TrustPolicy {
	p := symbolon.DefaultPolicy().Trust
	p.Permanent = true
	return p
}

func TestTheFlatRecordSaysWhetherTheDeviceIsTrustedNow(t *testing.T) {
	for state, c := range records() {
		r, was := c.device.Trusted(noon, permissive())
		if !was || r.IsActive != c.active {
			t.Errorf("%s: a record %v, isActive %v; want a record, isActive %v", state, was, r.IsActive, c.active)
		}
	}
	never := laptop()
	never.Trust = nil
	if r, was := never.Trusted(noon, permissive()); was {
		t.Errorf("a device that never was trusted has the record %+v", r)
	}
}

func TestAMinimalRecordAsItIsShown(t *testing.T) {
	r, _ := imported(minimal()).Trusted(noon, permissive())
	got, err := json.MarshalIndent(r, "", " ")
	wantNone(t, err)
	want := `{
 "@type": "TrustedDevice",
 "deviceId": "dev_550e8400",
 "userId": "user_123456",
 "deviceName": "Sarah's Work Laptop",
 "deviceType": "laptop",
 "deviceFingerprint": null,
 "userAgent": null,
 "operatingSystem": null,
 "browser": null,
 "ipAddress": null,
 "location": null,
 "trustedAt": "2026-03-02T12:00:00Z",
 "trustedUntil": null,
 "lastUsedAt": null,
 "lastVerifiedAt": null,
 "usageCount": 0,
 "isActive": false,
 "revokedAt": null,
 "revokedReason": null,
 "riskScore": 0,
 "metadata": null,
 "createdAt": "2026-03-02T12:00:00Z",
 "updatedAt": "2026-03-02T12:00:00Z"
}`
	if string(got) != want {
		t.Errorf("got %s", got)
	}
}

// examples are the records of the examples file, as a caller would send them.
func examples(t *testing.T) []map[string]any {
	t.Helper()
	text, err := os.ReadFile("spec/examples/trusted-devices.json")
	wantNone(t, err)
	var list []map[string]any
	wantNone(t, json.Unmarshal(text, &list))
	if len(list) != 2 {
		t.Fatalf("got %d examples, want 2", len(list))
	}
	return list
}

func asRecord(t *testing.T, v any) (r symbolon.TrustedDevice) {
	t.Helper()
	text, err := json.Marshal(v)
	wantNone(t, err)
	wantNone(t, json.Unmarshal(text, &r))
	return r
}

func asMap(t *testing.T, v any) (m map[string]any) {
	t.Helper()
	text, err := json.Marshal(v)
	wantNone(t, err)
	wantNone(t, json.Unmarshal(text, &m))
	return m
}

func TestRecordsOfAnotherSystemReadBackEqual(t *testing.T) {
	for _, given := range examples(t) {
		d, err := asRecord(t, given).Device("acme", "")
		wantNone(t, err)
		if d.Status != symbolon.StatusUnbound || d.Known() || d.AppID != "acme" || !d.Renamed {
			t.Errorf("imported as %+v; want it unbound in acme, not known, and its name kept", d)
		}
		back, was := d.Trusted(noon, permissive())
		if !was {
			t.Fatal("an imported device was never trusted")
		}
		want := maps.Clone(given)
		want["isActive"] = false // computed: nothing without a key is trusted
		for name := range asMap(t, back) {
			if _, there := want[name]; !there {
				want[name] = nil
			}
		}
		if got := asMap(t, back); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	}
}

func TestAnImportKeepsTimesInUTCToTheMicrosecond(t *testing.T) {
	there := time.FixedZone("there", 2*3600)
	odd := func(d time.Duration) time.Time { return noon.Add(d + 999*time.Nanosecond).In(there) }
	oddly := func(d time.Duration) *time.Time { t := odd(d); return &t }
	r := minimal()
	r.TrustedAt, r.CreatedAt, r.UpdatedAt = odd(0), odd(hour), odd(2*hour)
	r.TrustedUntil, r.LastUsedAt, r.LastVerifiedAt, r.RevokedAt = oddly(3*hour), oddly(4*hour), oddly(5*hour), oddly(6*hour)
	got, _ := imported(r).Trusted(noon, permissive())
	want := []time.Time{
		noon, noon.Add(hour), noon.Add(2 * hour), noon.Add(3 * hour), noon.Add(4 * hour), noon.Add(5 * hour), noon.Add(6 * hour),
	}
	if !slices.Equal(want, []time.Time{
		got.TrustedAt, got.CreatedAt, got.UpdatedAt, *got.TrustedUntil, *got.LastUsedAt, *got.LastVerifiedAt, *got.RevokedAt,
	}) {
		t.Errorf("got %+v", got)
	}
}

func TestAnImportWithNullsIsOneWithout(t *testing.T) {
	nulls := asMap(t, minimal())
	for _, name := range []string{"metadata", "userAgent", "ipAddress", "trustedUntil", "usageCount", "riskScore", "updatedAt"} {
		nulls[name] = nil
	}
	if got, want := imported(asRecord(t, nulls)), imported(minimal()); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAnImportTakesScoresFrom0To100(t *testing.T) {
	for _, score := range []int{0, 100} {
		r := minimal()
		r.RiskScore = score
		if d, err := r.Device("acme", ""); err != nil || d.RiskScore != score {
			t.Errorf("the score %d: got %d, error %v", score, d.RiskScore, err)
		}
	}
}

func TestAnImportedFingerprintIsTheOneThatTheCallerHashed(t *testing.T) {
	raw := "canvas:1234"
	r := minimal()
	r.Fingerprint = &raw
	d, err := r.Device("acme", "i1.hashed")
	wantNone(t, err)
	back, _ := d.Trusted(noon, permissive())
	if *back.Fingerprint != "i1.hashed" {
		t.Errorf("got %q", *back.Fingerprint)
	}
}

func TestARecordThatCanNotBeImported(t *testing.T) {
	words := func(s string) *string { return &s }
	for rule, c := range map[string]struct {
		change       func(*symbolon.TrustedDevice)
		field, words string
	}{
		"another type":              {func(r *symbolon.TrustedDevice) { r.Kind = "Device" }, "@type", `must be "TrustedDevice"`},
		"no id":                     {func(r *symbolon.TrustedDevice) { r.DeviceID = "" }, "deviceId", "must not be empty"},
		"no user":                   {func(r *symbolon.TrustedDevice) { r.UserID = "" }, "userId", "must not be empty"},
		"no name":                   {func(r *symbolon.TrustedDevice) { r.DeviceName = "" }, "deviceName", "must not be empty"},
		"a name of two lines":       {func(r *symbolon.TrustedDevice) { r.DeviceName = "a\nb" }, "deviceName", "control characters"},
		"an unknown device type":    {func(r *symbolon.TrustedDevice) { r.DeviceType = "toaster" }, "deviceType", `got "toaster"`},
		"no device type":            {func(r *symbolon.TrustedDevice) { r.DeviceType = "" }, "deviceType", "must be one of"},
		"a long user agent":         {func(r *symbolon.TrustedDevice) { r.UserAgent = words(strings.Repeat("x", 1025)) }, "userAgent", "at most 1024 characters"},
		"a control character":       {func(r *symbolon.TrustedDevice) { r.Location = words("London\x00") }, "location", "control characters"},
		"a place for an address":    {func(r *symbolon.TrustedDevice) { r.IPAddress = words("London") }, "ipAddress", "IPv4 or IPv6"},
		"an address with a zone":    {func(r *symbolon.TrustedDevice) { r.IPAddress = words("fe80::1%eth0") }, "ipAddress", "IPv4 or IPv6"},
		"no first grant":            {func(r *symbolon.TrustedDevice) { r.TrustedAt = time.Time{} }, "trustedAt", "RFC 3339"},
		"no time of creation":       {func(r *symbolon.TrustedDevice) { r.CreatedAt = time.Time{} }, "createdAt", "RFC 3339"},
		"a score above 100":         {func(r *symbolon.TrustedDevice) { r.RiskScore = 101 }, "riskScore", "from 0 to 100; got 101"},
		"a score below 0":           {func(r *symbolon.TrustedDevice) { r.RiskScore = -1 }, "riskScore", "from 0 to 100; got -1"},
		"fewer than no uses":        {func(r *symbolon.TrustedDevice) { r.UsageCount = -1 }, "usageCount", "must not be negative"},
		"metadata that is a list":   {func(r *symbolon.TrustedDevice) { r.Metadata = json.RawMessage(`[1]`) }, "metadata", "must be a JSON object"},
		"a fingerprint not of text": {func(r *symbolon.TrustedDevice) { r.Fingerprint = words("\xff") }, "deviceFingerprint", "valid UTF-8"},
	} {
		t.Run(rule, func(t *testing.T) {
			r := minimal()
			c.change(&r)
			_, err := r.Device("acme", "")
			wantInvalid(t, err, c.field, c.words)
		})
	}
}

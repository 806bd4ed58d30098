package symbolon_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
)

// decided is the event of a decision on a valid proof for login, some time after noon.
func decided(later time.Duration, change func(*symbolon.Event, *symbolon.Decided)) symbolon.Event {
	e := symbolon.Event{
		AppID: "acme", Type: symbolon.EventDeviceDecided, At: noon.Add(later),
		UserID: "ada", DeviceID: "0195-laptop", IPAddress: "203.0.113.7",
	}
	d := symbolon.Decided{
		Recommendation: symbolon.RecommendAllow, SecondFactor: symbolon.FactorRequire,
		ProofResult: symbolon.ProofValid, Action: symbolon.ActionLogin, Known: true, Score: 5, Place: &symbolon.Place{Location: "London, UK", Country: "GB"},
	}
	if change != nil {
		change(&e, &d)
	}
	data, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	e.Data = data
	return e
}

func TestWhatADecisionAddsToADevicesUse(t *testing.T) {
	once := symbolon.DeviceUse{UsageCount: 1, LastUsedAt: after(hour), IPAddress: "203.0.113.7", Location: "London, UK", Country: "GB", RiskScore: 5}
	with := func(change func(*symbolon.DeviceUse)) symbolon.DeviceUse {
		u := once
		change(&u)
		return u
	}
	for rule, c := range map[string]struct {
		change func(*symbolon.Event, *symbolon.Decided)
		want   symbolon.DeviceUse
	}{
		"a login counts": {nil, once},
		"another action shows the device, and is no login": {
			func(_ *symbolon.Event, d *symbolon.Decided) { d.Action = "transfer" },
			with(func(u *symbolon.DeviceUse) { u.UsageCount = 0 }),
		},
		"TRUST verifies it": {
			func(_ *symbolon.Event, d *symbolon.Decided) { d.Recommendation = symbolon.RecommendTrust },
			with(func(u *symbolon.DeviceUse) { u.LastVerifiedAt = after(hour) }),
		},
		"TRUST for another action verifies it too": {
			func(_ *symbolon.Event, d *symbolon.Decided) {
				d.Recommendation, d.Action = symbolon.RecommendTrust, "transfer"
			},
			with(func(u *symbolon.DeviceUse) { u.UsageCount, u.LastVerifiedAt = 0, after(hour) }),
		},
		"a blocked device that shows its key was used": {
			func(_ *symbolon.Event, d *symbolon.Decided) {
				d.Recommendation, d.Known = symbolon.RecommendDeny, false
			},
			once,
		},
		"the country is that of the place": {
			func(_ *symbolon.Event, d *symbolon.Decided) { d.Place = &symbolon.Place{Country: "GB"} },
			with(func(u *symbolon.DeviceUse) { u.Location, u.Country = "", "GB" }),
		},
		"an address that is not known is not the one before": {
			func(e *symbolon.Event, d *symbolon.Decided) { e.IPAddress, d.Place = "", nil },
			with(func(u *symbolon.DeviceUse) { u.IPAddress, u.Location, u.Country = "", "", "" }),
		},
		"a proof that does not verify counts for nothing": {
			func(_ *symbolon.Event, d *symbolon.Decided) { d.ProofResult = symbolon.ProofInvalid },
			symbolon.DeviceUse{},
		},
		"a replayed proof counts for nothing": {
			func(_ *symbolon.Event, d *symbolon.Decided) { d.ProofResult = symbolon.ProofReplayed },
			symbolon.DeviceUse{},
		},
		"other events count for nothing": {
			func(e *symbolon.Event, _ *symbolon.Decided) { e.Type = symbolon.EventDeviceTrusted },
			symbolon.DeviceUse{},
		},
	} {
		var use symbolon.DeviceUse
		use.Fold(decided(hour, c.change))
		if !reflect.DeepEqual(use, c.want) {
			t.Errorf("%s: got %+v, want %+v", rule, use, c.want)
		}
	}
}

func TestAnErasedDecisionFoldsToNothing(t *testing.T) {
	var use symbolon.DeviceUse
	use.Fold(erased(decided(hour, nil)))
	if !reflect.DeepEqual(use, symbolon.DeviceUse{}) {
		t.Errorf("got %+v", use)
	}
}

// Replicas commit out of order, so an event that comes late must not push the last use back.
func TestTheLatestUseStays(t *testing.T) {
	trusted := func(score int) func(*symbolon.Event, *symbolon.Decided) {
		return func(e *symbolon.Event, d *symbolon.Decided) {
			d.Recommendation, d.Score = symbolon.RecommendTrust, score
			e.IPAddress = fmt.Sprintf("203.0.113.%d", score)
		}
	}
	var use symbolon.DeviceUse
	for _, score := range []int{3, 5, 4} {
		use.Fold(decided(time.Duration(score)*hour, trusted(score)))
	}
	want := symbolon.DeviceUse{
		UsageCount: 3, LastUsedAt: after(5 * hour), LastVerifiedAt: after(5 * hour),
		IPAddress: "203.0.113.5", Location: "London, UK", Country: "GB", RiskScore: 5,
	}
	if !reflect.DeepEqual(use, want) {
		t.Errorf("got %+v, want %+v", use, want)
	}
}

func TestUseFoldsAlikeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.SliceOfNDistinct(rapid.IntRange(1, 1000), 1, 12, rapid.ID[int]).Draw(t, "hours")
		var events []symbolon.Event
		for _, h := range hours {
			events = append(events, decided(time.Duration(h)*hour, func(e *symbolon.Event, d *symbolon.Decided) {
				d.Recommendation = rapid.SampledFrom([]symbolon.Recommendation{symbolon.RecommendAllow, symbolon.RecommendTrust}).Draw(t, "recommendation")
				d.ProofResult = rapid.SampledFrom([]symbolon.ProofResult{symbolon.ProofValid, symbolon.ProofInvalid}).Draw(t, "proof")
				d.Action = rapid.SampledFrom([]string{symbolon.ActionLogin, "transfer"}).Draw(t, "action")
				d.Score = h % 100
				e.IPAddress = rapid.SampledFrom([]string{"203.0.113.7", "2001:db8::1", ""}).Draw(t, "address")
			}))
		}
		var sorted, mixed symbolon.DeviceUse
		for _, e := range events {
			sorted.Fold(e)
		}
		for _, e := range rapid.Permutation(events).Draw(t, "order") {
			mixed.Fold(e)
		}
		if !reflect.DeepEqual(sorted, mixed) {
			t.Fatalf("one order gives %+v, another %+v", sorted, mixed)
		}
	})
}

func TestADeviceIsKnownOnlyWhenActiveAndProven(t *testing.T) {
	for _, status := range symbolon.Statuses {
		for _, proven := range []*time.Time{nil, after(0)} {
			d := symbolon.Device{Status: status, ProvenAt: proven}
			if want := status == symbolon.StatusActive && proven != nil; d.Known() != want {
				t.Errorf("%s, proven at %v: known %v, want %v", status, proven, d.Known(), want)
			}
		}
	}
}

func TestABlockEndsAtItsTime(t *testing.T) {
	blocked := func(until *time.Time) symbolon.Device {
		return symbolon.Device{Status: symbolon.StatusBlocked, Block: &symbolon.Block{At: noon, Until: until}}
	}
	lifted := blocked(after(hour))
	lifted.Status = symbolon.StatusActive
	for rule, c := range map[string]struct {
		device symbolon.Device
		after  time.Duration
		want   bool
	}{
		"not before":                {blocked(after(hour)), hour - tick, false},
		"exactly then":              {blocked(after(hour)), hour, true},
		"never without an end":      {blocked(nil), 1000 * day, false},
		"not where it is not":       {laptop(), 1000 * day, false},
		"not where it is no longer": {lifted, hour, false},
	} {
		if got := c.device.BlockEnded(noon.Add(c.after)); got != c.want {
			t.Errorf("%s: got %v, want %v", rule, got, c.want)
		}
	}
}

func TestADeviceWasLastSeenWhenItRegisteredOrProved(t *testing.T) {
	d := laptop()
	if got := d.LastSeen(); !got.Equal(d.CreatedAt) {
		t.Errorf("before its first proof: got %v, want %v", got, d.CreatedAt)
	}
	d.LastUsedAt = after(hour)
	if got := d.LastSeen(); !got.Equal(*d.LastUsedAt) {
		t.Errorf("after a proof: got %v, want %v", got, *d.LastUsedAt)
	}
}

func TestItsUserSeesADeviceWithoutItsKey(t *testing.T) {
	d := laptop()
	d.PublicKey = json.RawMessage(`{"kty":"EC"}`)
	for _, current := range []bool{true, false} {
		var shown map[string]any
		text, err := json.Marshal(d.ForSelf(current))
		wantNone(t, err)
		wantNone(t, json.Unmarshal(text, &shown))
		if _, there := shown["publicKey"]; there || shown["isCurrent"] != current {
			t.Errorf("got %s, want no publicKey, and isCurrent %v", text, current)
		}
	}
	if d.PublicKey == nil || d.IsCurrent != nil {
		t.Error("the device itself was changed")
	}
}

// Why trust ended is for staff, unless its user ended it.
func TestItsUserReadsItsOwnWordsOnly(t *testing.T) {
	for by, want := range map[string]string{"user:ada": "sold it", "user:bob": "", "admin:cred_1": "", "system": ""} {
		d := laptop()
		d.Trust.RevokedAt, d.Trust.RevokedReason, d.Trust.RevokedBy = after(0), "sold it", by
		if got := d.ForSelf(true).Trust; got.RevokedReason != want || got.RevokedAt == nil {
			t.Errorf("revoked by %s: its user reads %+v", by, got)
		}
		if d.Trust.RevokedReason == "" {
			t.Error("the device itself was changed")
		}
	}
}

func TestWhatIsInnerIsNeverShown(t *testing.T) {
	d := laptop()
	d.Thumbprint, d.Fingerprint, d.ManufacturerID, d.Version = "inner", "inner", "inner", 7
	d.Block = &symbolon.Block{At: noon, By: "admin:cred_1", Before: "inner"}
	text, err := json.Marshal(d)
	wantNone(t, err)
	var shown map[string]any
	wantNone(t, json.Unmarshal(text, &shown))
	for name, value := range shown {
		if value == "inner" || name == "version" || name == "provenAt" || name == "renamed" {
			t.Errorf("%s is shown: %s", name, text)
		}
	}
	if block := shown["block"].(map[string]any); block["before"] != nil || block["Before"] != nil {
		t.Errorf("the state before a block is shown: %s", text)
	}
}

func TestStoragesRiseInGrade(t *testing.T) {
	last := symbolon.KeyStorage("unheard of").Grade()
	for _, s := range []symbolon.KeyStorage{
		symbolon.StorageSoftware, symbolon.StorageBrowser, symbolon.StorageHardware, symbolon.StorageAttested,
	} {
		if s.Grade() <= last {
			t.Errorf("%s has the grade %d, not above %d", s, s.Grade(), last)
		}
		last = s.Grade()
	}
}

package registry_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

func TestAnExportHoldsAllThatIsKeptOfAUser(t *testing.T) {
	w := newWorld(t)
	phone, gone := w.trusted(ada), w.registered(ada)
	w.trusted(bob)
	gone.decide()
	w.ok(w.reg.RemoveDevice(t.Context(), w.backend(bank), bank, gone.id))
	for range 210 { // more than one page
		phone.decide()
	}
	phone.revoke(symbolon.CausePasswordChanged)
	got, err := w.reg.ExportUser(t.Context(), w.backend(bank), bank, ada, "")
	w.ok(err)
	if len(got.Devices) != 1 || got.Devices[0].ID != phone.id || !got.NotBefore.Equal(w.now) || got.DeactivatedAt != nil || !got.ExportedAt.Equal(w.now) {
		t.Errorf("exported: %+v", got)
	}
	decisions := map[symbolon.DeviceID]int{}
	for i, e := range got.Events {
		if e.UserID != ada || i > 0 && e.ID >= got.Events[i-1].ID {
			t.Fatalf("event %d: %+v", i, e)
		}
		if e.Type == symbolon.EventDeviceDecided {
			decisions[e.DeviceID]++
		}
	}
	if decisions[phone.id] != 211 || decisions[gone.id] != 1 {
		t.Errorf("decisions: %v", decisions)
	}
}

func TestAnExportHoldsWhereTheDevicesWere(t *testing.T) {
	w := newWorld(t).mapped()
	phone := w.trustedLaptop()
	w.browser(ada).register(laptop.at("203.0.113.250").registration) // nobody knows where that is
	got, err := w.reg.ExportUser(t.Context(), w.backend(bank), bank, ada, "")
	w.ok(err)
	if len(got.Places) != 1 || got.Places[0].DeviceID != phone.id || len(got.Places[0].Visits) != 1 {
		t.Fatalf("places: %+v; want one visit of one device", got.Places)
	}
	if v := got.Places[0].Visits[0]; v.Location != earth[newYork].Location || v.Latitude != earth[newYork].Latitude {
		t.Errorf("the visit: %+v; want %+v", v, earth[newYork])
	}
}

// Retention may have pruned all that told of the device's coming.
func TestAnExportHoldsDecisionsOfADeviceWhoseBeginningWasPruned(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"retention":{"events":"P1D"}}`)
	phone := w.registered(ada)
	w.seal()
	w.pass(2 * symbolon.Day)
	w.ok(w.reg.Sweep(t.Context(), w.now))
	phone.decide()
	got, err := w.reg.ExportUser(t.Context(), w.backend(bank), bank, ada, "")
	w.ok(err)
	if len(got.Events) != 1 || got.Events[0].Type != symbolon.EventDeviceDecided {
		t.Errorf("events: %+v", got.Events)
	}
}

func TestNobodyHasAnEmptyExport(t *testing.T) {
	w := newWorld(t)
	got, err := w.reg.ExportUser(t.Context(), w.backend(bank), bank, "nobody", "")
	w.ok(err)
	if text, _ := json.Marshal(got); !strings.Contains(string(text), `"devices":[],"places":[],"events":[]`) {
		t.Errorf("exported: %s", text)
	}
	_, err = w.reg.ExportUser(t.Context(), w.root(), "no-such-app", ada, "")
	w.refused("in an app that is not there", err, symbolon.ErrNotFound)
}

// After an erase nothing of the user is there but the bare facts, which still verify; a
// spent challenge stays spent.
func TestAnErasedUserLeavesBareFacts(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	bobs := w.trusted(bob)
	used := spentProof(phone)
	phone.revoke(symbolon.CausePasswordChanged)
	w.seal()
	before, err := w.store.ListEvents(t.Context(), bank, 0, 1000)
	w.ok(err)
	done, err := w.reg.EraseUser(t.Context(), w.backend(bank), bank, ada)
	w.ok(err)
	if done.Devices != 1 {
		t.Errorf("erased %d devices", done.Devices)
	}
	got, err := w.reg.ExportUser(t.Context(), w.backend(bank), bank, ada, "")
	w.ok(err)
	if len(got.Devices) != 0 || len(got.Events) != 0 || got.NotBefore != nil {
		t.Errorf("what is left: %+v", got)
	}
	w.seal()
	after, err := w.store.ListEvents(t.Context(), bank, 0, 1000)
	w.ok(err)
	if text, _ := json.Marshal(after); len(after) != len(before)+1 || strings.Contains(string(text), `"ada"`) || strings.Contains(string(text), string(phone.id)) {
		t.Errorf("%d events, %d before: %s", len(after), len(before), text)
	}
	if report, err := w.reg.VerifyLog(t.Context(), w.root(), bank); err != nil || report.Events != int64(len(after)) {
		t.Errorf("verified: %+v, %v", report, err)
	}
	w.saw("bob", bobs.decide(), symbolon.RecommendTrust, symbolon.FactorSkip)
	phone.register()
	if d := w.decision(phone.ask(used)); d.ProofResult != symbolon.ProofReplayed {
		t.Errorf("a proof that was spent before the erase: %s", d.ProofResult)
	}
}

func TestErasingASharedKeysUserKeepsTheOther(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	shared := phone.as(bob)
	shared.register()
	_, err := w.reg.EraseUser(t.Context(), w.backend(bank), bank, ada)
	w.ok(err)
	w.saw("bob, by the same key", shared.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
}

// earlier are the records of another system that the repository has as examples.
func earlier(t *testing.T) []symbolon.TrustedDevice {
	t.Helper()
	text, err := os.ReadFile("../spec/examples/trusted-devices.json")
	if err != nil {
		t.Fatal(err)
	}
	var records []symbolon.TrustedDevice
	if err := json.Unmarshal(text, &records); err != nil || len(records) == 0 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	return records
}

func TestRecordsAreImportedAndReadBackEqual(t *testing.T) {
	w := newWorld(t)
	records := earlier(t)
	for range 2 { // so that a broken import can be repeated
		_, err := w.reg.ImportTrustedDevices(t.Context(), w.backend(bank), bank, records)
		w.ok(err)
	}
	report, err := w.reg.ImportTrustedDevices(t.Context(), w.backend(bank), bank, append(records, record("dev_new", ada), record("dev_new", ada)))
	if err != nil || report.Imported != 1 || report.Existing != len(records)+1 {
		t.Errorf("imported again: %+v, %v", report, err)
	}
	for _, want := range records {
		list, err := w.reg.ListTrustedDevices(t.Context(), w.backend(bank), bank, want.UserID)
		w.ok(err)
		want.IsActive = false // an unbound record never is
		got := list.Items[0]
		if got.Metadata, want.Metadata = compact(t, got.Metadata), compact(t, want.Metadata); !sameJSON(t, got, want) {
			g, _ := json.Marshal(got)
			v, _ := json.Marshal(want)
			t.Errorf("read back:\n%s\nwant\n%s", g, v)
		}
		if events := w.events(bank, want.DeviceID); len(events) != 1 || events[0].Type != symbolon.EventDeviceImported {
			t.Errorf("its events: %+v", events)
		}
	}
}

func compact(t *testing.T, raw json.RawMessage) json.RawMessage {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(v)
	return text
}

func sameJSON(t *testing.T, a, b any) bool {
	t.Helper()
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(b)
	return err == nil && string(x) == string(y)
}

func TestAFingerprintIsKeptAsAHashOnly(t *testing.T) {
	w := newWorld(t)
	for _, plain := range []string{"an earlier one", "v1.plain text", "i1.", "v1." + strings.Repeat("!", 43)} {
		r := record(symbolon.DeviceID("dev "+plain), ada)
		r.Fingerprint = &plain
		_, err := w.reg.ImportTrustedDevices(t.Context(), w.backend(bank), bank, []symbolon.TrustedDevice{r})
		w.ok(err)
		kept := w.get(bank, r.DeviceID).Fingerprint
		if !strings.HasPrefix(kept, "i1.") || strings.Contains(kept, plain) && plain != "i1." || len(kept) != 46 {
			t.Errorf("%q is kept as %q", plain, kept)
		}
		back := record(symbolon.DeviceID("back "+plain), ada)
		back.Fingerprint = &kept
		_, err = w.reg.ImportTrustedDevices(t.Context(), w.backend(bank), bank, []symbolon.TrustedDevice{back})
		w.ok(err)
		if again := w.get(bank, back.DeviceID).Fingerprint; again != kept {
			t.Errorf("%q comes back as %q", kept, again)
		}
	}
}

func TestOneBadRecordRefusesAllAndSaysWhich(t *testing.T) {
	w := newWorld(t)
	w.registered(bob)
	taken := record("dev_taken", bob)
	_, err := w.reg.ImportTrustedDevices(t.Context(), w.backend(bank), bank, []symbolon.TrustedDevice{taken})
	w.ok(err)
	bad, stolen := record("dev_bad", ada), record("dev_taken", ada)
	bad.DeviceType = "fridge"
	for place, row := range map[string]struct {
		record symbolon.TrustedDevice
		code   symbolon.Code
	}{"items[2].deviceType": {bad, symbolon.ErrInvalidRequest}, "items[2]": {stolen, symbolon.ErrConflict}} {
		_, err := w.reg.ImportTrustedDevices(t.Context(), w.backend(bank), bank, []symbolon.TrustedDevice{record("dev_1", ada), record("dev_2", ada), row.record})
		w.refused(place, err, row.code)
		var own *symbolon.Error
		if errors.As(err, &own) && (own.Field != place || !strings.HasPrefix(own.Message, "items[2]: ")) {
			t.Errorf("at %q: %q; want %s", own.Field, own.Message, place)
		}
	}
	if n := w.count(ada, symbolon.StatusUnbound); n != 0 {
		t.Errorf("%d were imported", n)
	}
	for _, n := range []int{0, 501} {
		_, err := w.reg.ImportTrustedDevices(t.Context(), w.backend(bank), bank, make([]symbolon.TrustedDevice, n))
		w.refused("too few or too many", err, symbolon.ErrInvalidRequest)
	}
}

// An imported record is listed, never known or trusted, and becomes a device once: by a
// registration of its user that claims it.
func TestAnImportedRecordIsClaimedOnce(t *testing.T) {
	w := newWorld(t)
	_, err := w.reg.ImportTrustedDevices(t.Context(), w.backend(bank), bank, []symbolon.TrustedDevice{record("dev_old", ada), record("dev_bobs", bob)})
	w.ok(err)
	claim := func(id symbolon.DeviceID) func(*symbolon.Registration) {
		return func(r *symbolon.Registration) { r.Claim = id }
	}
	phone := w.browser(ada)
	for what, id := range map[string]symbolon.DeviceID{"another user's": "dev_bobs", "none": "dev_none"} {
		_, err = phone.tryRegister(claim(id))
		w.refused("claiming "+what, err, symbolon.ErrNotFound)
	}
	d := phone.register(claim("dev_old"))
	if d.ID != "dev_old" || d.Name != "Old laptop" || d.UsageCount != 12 || !d.CreatedAt.Equal(noon.Add(-100*symbolon.Day)) || d.Trust.RevokedAt == nil {
		t.Errorf("claimed: %+v", d)
	}
	w.saw("claimed", phone.decide(), symbolon.RecommendAllow, symbolon.FactorRequire)
	if d := phone.trust(); !d.Trust.TrustedAt.Equal(noon.Add(-100 * symbolon.Day)) {
		t.Errorf("trusted again, first at %v", d.Trust.TrustedAt)
	}
	_, err = w.browser(ada).tryRegister(claim("dev_old"))
	w.refused("claiming it again", err, symbolon.ErrConflict)
	_, err = w.reg.BlockDevice(t.Context(), w.backend(bank), bank, "dev_bobs", symbolon.BlockRequest{Reason: "stolen"})
	w.ok(err)
	_, err = w.browser(bob).tryRegister(claim("dev_bobs"))
	w.refused("claiming a blocked one", err, symbolon.ErrDeviceBlocked)
}

// Where a new device waits for approval, so does one that claims a record; it waits from
// its claim on, however old the record is.
func TestAClaimedRecordWaitsAsLongAsAnyOther(t *testing.T) {
	w := newWorld(t)
	w.policy(bank, `{"registration":{"approval":"admin"}}`)
	_, err := w.reg.ImportTrustedDevices(t.Context(), w.backend(bank), bank, []symbolon.TrustedDevice{record("dev_old", ada)})
	w.ok(err)
	phone := w.browser(ada)
	if d := phone.register(func(r *symbolon.Registration) { r.Claim = "dev_old" }); d.Status != symbolon.StatusPending {
		t.Fatalf("claimed: %s", d.Status)
	}
	w.pass(time.Hour)
	w.ok(w.reg.Sweep(t.Context(), w.now))
	if d := w.device(w.reg.ApproveDevice(t.Context(), w.backend(bank), bank, "dev_old")); d.Status != symbolon.StatusActive {
		t.Errorf("approved: %s", d.Status)
	}
}

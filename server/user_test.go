package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/proof"
)

const oldRecord = `{"@type":"TrustedDevice","deviceId":"dev_550e8400","userId":"alice","deviceName":"Old laptop",
	"deviceType":"laptop","deviceFingerprint":"abc","trustedAt":"2025-01-02T03:04:05Z","createdAt":"2025-01-02T03:04:05Z"%s}`

// Records of an earlier system come in with what is required of them, and are read back.
func TestStoryOfAnImport(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	record := `{"items":[` + fmt.Sprintf(oldRecord, "") + `]}`
	if a := h.ask(t, "POST", "/v1/apps/bank/trusted-devices", record, asAdmin()...); a.status != 200 || a.body != `{"imported":1,"existing":0}`+"\n" {
		t.Fatalf("imported: %d %s", a.status, a.body)
	}
	if a := h.ask(t, "POST", "/v1/apps/bank/trusted-devices", record, asAdmin()...); a.body != `{"imported":0,"existing":1}`+"\n" {
		t.Errorf("imported again: %s", a.body)
	}
	list, err := h.backend.ListTrustedDevices(ctx, "alice")
	must(t, err)
	if len(list.Items) != 1 || list.Items[0].DeviceID != "dev_550e8400" || list.Items[0].IsActive {
		t.Errorf("read back %+v", list.Items)
	}
	for more, field := range map[string]string{
		`,"nonsense":1`: "items[0].nonsense", `,"usageCount":1.5`: "items[0].usageCount", `,"riskScore":101`: "items[0].riskScore",
		`,"metadata":[1]`: "items[0].metadata", `,"lastUsedAt":"yesterday"`: "items[0].lastUsedAt",
	} {
		body := `{"items":[` + fmt.Sprintf(oldRecord, more) + `]}`
		p := h.ask(t, "POST", "/v1/apps/bank/trusted-devices", body, asAdmin()...).problem(t, more, http.StatusBadRequest, "invalid_request")
		if p["field"] != field {
			t.Errorf("%s: the field named is %v (%v)", more, p["field"], p["detail"])
		}
	}

	// A registration of its user claims the record.
	p := h.newPhone(t, "alice")
	claimed, created, err := h.backend.As(h.ticket(t, "alice", "otp")).RegisterDevice(ctx, symbolon.Registration{Proof: p.enrolment(t), Claim: "dev_550e8400"})
	must(t, err)
	if claimed.ID != "dev_550e8400" || claimed.Name != "Old laptop" || claimed.Status != symbolon.StatusActive {
		t.Errorf("claimed (created %t): %+v", created, claimed)
	}
}

// A password change, a deactivation, and the end of an account.
func TestStoryOfAUser(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	p := h.newPhone(t, "alice")
	device := p.register(t)
	_, err := h.admin.TrustDevice(ctx, device.ID, symbolon.TrustRequest{})
	must(t, err)
	before := h.ticket(t, "alice", "otp")

	changed, err := h.backend.RevokeUser(ctx, "alice", symbolon.CausePasswordChanged)
	must(t, err)
	if changed.Effect != symbolon.EffectDistrust || len(changed.Devices) != 1 {
		t.Errorf("a password change did %+v", changed)
	}
	_, err = h.backend.Me(before, "").ListDevices(ctx)
	wantCode(t, err, symbolon.ErrUnauthenticated)
	_, err = h.backend.RevokeUser(ctx, "alice", symbolon.CauseUserDeactivated)
	must(t, err)
	if d := p.decide(t); d.Recommendation != symbolon.RecommendDeny {
		t.Errorf("a deactivated user's device hears %s", d.Recommendation)
	}
	_, err = h.backend.ReactivateUser(ctx, "alice")
	must(t, err)

	export, err := h.backend.ExportUser(ctx, "alice")
	must(t, err)
	if len(export.Devices) != 1 || len(export.Events) < 4 {
		t.Errorf("exported %d devices and %d events", len(export.Devices), len(export.Events))
	}
	_, err = h.admin.BlockDevice(ctx, device.ID, symbolon.BlockRequest{Reason: "stolen"})
	must(t, err)
	_, err = h.backend.EraseUser(ctx, "alice")
	must(t, err)
	_, _, err = h.backend.As(h.ticket(t, "alice", "")).RegisterDevice(ctx, symbolon.Registration{Proof: p.enrolment(t)})
	wantCode(t, err, symbolon.ErrDeviceBlocked) // it was blocked when it was erased: its key stays out
	lifted, err := h.backend.LiftTombstones(ctx, "alice")
	if err != nil || lifted.Lifted != 1 {
		t.Errorf("lifted %d, %v", lifted.Lifted, err)
	}
	p.register(t)
}

// A merge patch sets, clears and leaves.
func TestPatches(t *testing.T) {
	h := openHouse(t)
	id := string(h.newPhone(t, "alice").register(t).ID)
	patch := func(body, kind string) symbolon.Device {
		t.Helper()
		a := h.ask(t, "PATCH", "/v1/apps/bank/devices/"+id, body, append(h.asBackend(), "Content-Type", kind)...)
		var d symbolon.Device
		must(t, json.Unmarshal([]byte(a.body), &d))
		return d
	}
	d := patch(`{"metadata":{"colour":"blue"},"deviceName":"Work"}`, "application/merge-patch+json")
	if d.Name != "Work" || string(d.Metadata) != `{"colour":"blue"}` {
		t.Errorf("set: %q %s", d.Name, d.Metadata)
	}
	if d = patch(`{"deviceName":"Home"}`, "application/json; charset=utf-8"); d.Name != "Home" || d.Metadata == nil {
		t.Errorf("left: %q %s", d.Name, d.Metadata)
	}
	if d = patch(`{"metadata":null}`, "application/merge-patch+json"); d.Name != "Home" || d.Metadata != nil {
		t.Errorf("cleared: %q %s", d.Name, d.Metadata)
	}
	h.ask(t, "PATCH", "/v1/apps/bank/devices/"+id, `{"deviceName":null}`, h.asBackend()...).
		problem(t, "a name can't be cleared", http.StatusBadRequest, "invalid_request")
}

// A device replaces its own key, and nobody else's.
func TestStoryOfARotation(t *testing.T) {
	h := openHouse(t)
	p, next := h.newPhone(t, "alice"), h.newPhone(t, "alice")
	device := p.register(t)
	public, err := proof.NewPublicKey(next.key.Public(), proof.ES256)
	must(t, err)
	var challenge string
	old := p.sign(t, proof.PurposeRotate, func(s *proof.Statement) { s.JWK, challenge = public, s.Challenge })
	renewed := next.sign(t, proof.PurposeRotate, func(s *proof.Statement) { s.KeyID, s.JWK, s.Challenge = "", public, challenge })
	rotated, err := h.backend.RotateKey(t.Context(), device.ID, symbolon.Rotation{Proof: old, NewProof: renewed})
	must(t, err)
	if rotated.KeyID != device.KeyID || rotated.PublicKey != nil {
		t.Errorf("rotated: %+v", rotated)
	}
	next.kid = p.kid
	if !next.decide(t).Known || p.decide(t).Known {
		t.Error("the old key still counts, or the new one does not")
	}
	_, err = h.backend.RotateKey(t.Context(), device.ID, symbolon.Rotation{Proof: old, NewProof: renewed})
	if err == nil {
		t.Error("a rotation can be replayed")
	}
}

// Pages join into the whole, in the order asked for; the log is read to its end.
func TestLists(t *testing.T) {
	h := openHouse(t, noRates)
	ctx := t.Context()
	for _, user := range []symbolon.UserID{"user a", "user b", "user c", "user d", "user e"} {
		h.newPhone(t, user).register(t)
	}
	seen := map[symbolon.UserID]int{}
	filter := client.DeviceFilter{Sort: symbolon.SortCreated, Status: symbolon.StatusActive}
	page := client.Page{Limit: 2}
	for pages := 1; ; pages++ {
		got, err := h.backend.ListDevices(ctx, filter, page)
		must(t, err)
		for _, d := range got.Items {
			seen[d.UserID]++
		}
		if page.Cursor = got.NextCursor; page.Cursor == "" {
			if pages != 3 || len(seen) != 5 {
				t.Errorf("%d pages hold %v", pages, seen)
			}
			break
		}
	}
	no := false
	got, err := h.backend.ListDevices(ctx, client.DeviceFilter{Trusted: &no, Prefix: "user c"}, client.Page{})
	if err != nil || len(got.Items) != 1 || got.Items[0].UserID != "user c" {
		t.Errorf("filtered %+v, %v", got.Items, err)
	}
	yes := true
	got, err = h.backend.ListDevices(ctx, client.DeviceFilter{Trusted: &yes}, client.Page{})
	if err != nil || len(got.Items) != 0 {
		t.Errorf("trusted %+v, %v", got.Items, err)
	}
}

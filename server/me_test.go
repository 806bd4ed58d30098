package server_test

import (
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/proof"
)

// What people do with their own devices, and what they can't.
func TestStoryOfSelfService(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	phone, laptop := h.newPhone(t, "alice"), h.newPhone(t, "alice")
	mine, lost := phone.register(t), laptop.register(t)
	fresh := h.ticket(t, "alice", "otp")
	withoutFactor := h.ticket(t, "alice", "")

	page, err := h.backend.Me(fresh, phone.prove(t)).ListDevices(ctx)
	must(t, err)
	for _, d := range page.Items {
		if d.IsCurrent == nil || *d.IsCurrent != (d.ID == mine.ID) || d.PublicKey != nil {
			t.Errorf("shown %+v", d)
		}
	}
	named, err := h.backend.Me(fresh, "").RenameDevice(ctx, mine.ID, "My phone")
	if err != nil || named.Name != "My phone" {
		t.Errorf("renamed %q, %v", named.Name, err)
	}
	trusted, err := h.backend.Me(fresh, phone.prove(t)).TrustDevice(ctx, mine.ID, symbolon.TrustTerms{})
	if err != nil || trusted.Trust == nil {
		t.Fatalf("trusted %+v, %v", trusted, err)
	}
	_, err = h.backend.Me(withoutFactor, phone.prove(t)).TrustDevice(ctx, mine.ID, symbolon.TrustTerms{})
	wantCode(t, err, symbolon.ErrForbidden)
	records, err := h.backend.Me(fresh, "").ListTrustedDevices(ctx)
	must(t, err)
	if len(records.Items) != 1 || !records.Items[0].IsActive {
		t.Errorf("trusted: %+v", records.Items)
	}

	_, err = h.backend.Me(withoutFactor, "").ReportLost(ctx, lost.ID)
	wantCode(t, err, symbolon.ErrForbidden)
	gone, err := h.backend.Me(fresh, "").ReportLost(ctx, lost.ID)
	if err != nil || gone.Status != symbolon.StatusBlocked {
		t.Errorf("reported lost: %+v, %v", gone, err)
	}
	if d := laptop.decide(t); d.Recommendation != symbolon.RecommendDeny {
		t.Errorf("the lost device hears %s", d.Recommendation)
	}
	wantCode(t, h.backend.Me(fresh, "").RemoveDevice(ctx, lost.ID), symbolon.ErrDeviceBlocked)

	stranger := h.ticket(t, "mallory", "otp")
	_, err = h.backend.Me(stranger, "").DistrustDevice(ctx, mine.ID)
	wantCode(t, err, symbolon.ErrDeviceUnknown)
	_, err = h.backend.Me(fresh, "").DistrustDevice(ctx, mine.ID)
	must(t, err)

	tablet := h.newPhone(t, "alice").register(t)
	out, err := h.backend.Me(fresh, phone.prove(t)).SignOutOthers(ctx)
	if err != nil || len(out.Devices) != 1 || out.Devices[0] != tablet.ID {
		t.Errorf("signed out %v, %v", out.Devices, err)
	}
	events, err := h.backend.Me(fresh, "").ListEvents(ctx, client.Page{Limit: 3})
	must(t, err)
	if len(events.Items) != 3 || events.Items[0].Type != symbolon.EventDeviceRemoved || events.NextCursor == "" {
		t.Errorf("events: %+v", events)
	}
	must(t, h.backend.Me(fresh, "").RemoveDevice(ctx, mine.ID))
}

// Where policy says so, a trusted device lets a new one in by signing for it.
func TestStoryOfAnApproval(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	old := h.newPhone(t, "alice")
	first := old.register(t)
	_, err := h.admin.TrustDevice(ctx, first.ID, symbolon.TrustRequest{})
	must(t, err)
	_, err = h.admin.PutPolicy(ctx, []byte(`{"registration":{"approval":"trusted_device"}}`), client.AnyVersion)
	must(t, err)
	next := h.newPhone(t, "alice")
	pending := next.register(t)
	if pending.Status != symbolon.StatusPending || next.decide(t).Known {
		t.Fatalf("registered as %s", pending.Status)
	}
	forDevice := func(p *phone, id symbolon.DeviceID) string {
		return p.sign(t, proof.PurposeApprove, func(s *proof.Statement) { s.PayloadHash = proof.HashPayload([]byte(id)) })
	}
	ticket := h.ticket(t, "alice", "otp")
	_, err = h.backend.Me(ticket, forDevice(next, pending.ID)).ApproveDevice(ctx, pending.ID)
	wantCode(t, err, symbolon.ErrForbidden)
	_, err = h.backend.Me(ticket, forDevice(old, first.ID)).ApproveDevice(ctx, pending.ID)
	wantCode(t, err, symbolon.ErrProofInvalid)
	approved, err := h.backend.Me(ticket, forDevice(old, pending.ID)).ApproveDevice(ctx, pending.ID)
	if err != nil || approved.Status != symbolon.StatusActive || !next.decide(t).Known {
		t.Errorf("approved: %+v, %v", approved, err)
	}
}

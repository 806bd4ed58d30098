package registry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

func (w *world) localToken(raw []byte) string {
	w.Helper()
	token, err := registry.LocalToken(raw, w.now)
	w.ok(err)
	return token
}

func TestWhoHoldsTheSecretIsAnAdminForAMoment(t *testing.T) {
	w := newWorld(t)
	token := w.localToken(secret)
	c := w.bearer("", token)
	if c.Kind != symbolon.CallerAdmin || c.Role != symbolon.RoleAdmin || c.AppID != "" || c.Actor().String() != "admin:local" {
		t.Errorf("the token speaks for %+v", c)
	}
	for name, bad := range map[string]string{
		"made with another secret":       w.localToken(oldSecret),
		"with a later end written in it": "local_" + "9999999999" + token[len("local_1772366460"):],
		"without its signature":          "local_1772366460",
		"cut short":                      token[:len(token)-1],
		"nothing but its prefix":         "local_",
		"in another case":                strings.ToLower(token),
	} {
		w.refused("a token "+name, w.knock("", bad), symbolon.ErrUnauthenticated)
	}
	w.pass(registry.LocalTokenLife - time.Second)
	w.bearer(bank, token)
	w.pass(time.Second)
	w.refused("a token of a minute ago", w.knock("", token), symbolon.ErrUnauthenticated)
	w.pass(-time.Hour)
	w.refused("a token of a clock that is an hour ahead", w.knock("", token), symbolon.ErrUnauthenticated)
}

func TestASecretThatWasRotatedAwayOpensNothing(t *testing.T) {
	w := newWorld(t)
	w.serve(secret, oldSecret)
	w.bearer("", w.localToken(secret))
	w.refused("a token by the earlier secret", w.knock("", w.localToken(oldSecret)), symbolon.ErrUnauthenticated)
	if _, err := registry.LocalToken([]byte("short"), w.now); err == nil {
		t.Error("a token was made with a short secret")
	}
}

func TestALogIsReadFromItsEndAndVerifiedInParts(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	for range 120 { // a batch for each
		w.device(w.reg.BlockDevice(t.Context(), w.root(), bank, phone.id, symbolon.BlockRequest{Reason: "lost"}))
		w.seal()
		w.device(w.reg.UnblockDevice(t.Context(), w.root(), bank, phone.id, symbolon.UnblockRequest{}))
		w.seal()
	}
	all, err := w.store.ListEvents(t.Context(), bank, 0, 1000)
	w.ok(err)
	latest, err := w.reg.LatestEvents(t.Context(), w.root(), bank, 3)
	w.ok(err)
	if n := len(all); len(latest.Items) != 3 || latest.Items[0].ID != all[n-3].ID || latest.Items[2].ID != all[n-1].ID {
		t.Errorf("the last three events are %+v", latest.Items)
	}
	next, err := w.reg.ListEvents(t.Context(), w.root(), bank, latest.NextCursor, 10)
	if err != nil || len(next.Items) != 0 {
		t.Errorf("after the last there are %+v, %v", next.Items, err)
	}
	for _, count := range []int{0, -1, registry.MaxPage + 1} {
		_, err := w.reg.LatestEvents(t.Context(), w.root(), bank, count)
		w.refused("that many", err, symbolon.ErrInvalidRequest)
	}
	parts, events := 0, int64(0)
	for after := ""; parts == 0 || after != ""; parts++ {
		part, err := w.reg.VerifyLogPart(t.Context(), w.root(), bank, after)
		w.ok(err)
		if !part.Intact || part.LastSeq != int64(len(all)) || part.Events == 0 {
			t.Fatalf("part %d: %+v", parts, part)
		}
		events += part.Events
		after = part.NextCursor
	}
	if parts < 3 || events != int64(len(all)) {
		t.Errorf("%d parts held %d of %d events", parts, events, len(all))
	}
}

func TestADryRunOfAnImportLeavesNothing(t *testing.T) {
	w := newWorld(t)
	_, err := w.reg.ImportTrustedDevices(t.Context(), w.root(), bank, []symbolon.TrustedDevice{record("dev_1", ada)})
	w.ok(err)
	before := w.totals()
	report, err := w.reg.CheckImport(t.Context(), w.root(), bank, []symbolon.TrustedDevice{record("dev_1", ada), record("dev_2", ada)})
	w.ok(err)
	if report != (symbolon.ImportReport{Imported: 1, Existing: 1}) {
		t.Errorf("it would do %+v", report)
	}
	_, err = w.reg.CheckImport(t.Context(), w.root(), bank, []symbolon.TrustedDevice{record("dev_2", ada), record("dev_1", bob)})
	w.refused("another user's id", err, symbolon.ErrConflict)
	if after := w.totals(); after != before {
		t.Errorf("%d events and devices, %d before", after, before)
	}
}

package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// sealedUpTo waits until the log holds that many events.
func (h *house) sealedUpTo(t *testing.T, count int) symbolon.EventPage {
	t.Helper()
	for range time.Tick(20 * time.Millisecond) {
		page, err := h.admin.ListEvents(t.Context(), client.Page{Limit: 200})
		must(t, err)
		if len(page.Items) >= count {
			return page
		}
	}
	panic("a ticker ended")
}

// The log is read from its end too, and held against its chain.
func TestStoryOfTheLog(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	device := h.newPhone(t, "alice").register(t)
	for _, reason := range []string{"lost", "lost again"} {
		_, err := h.admin.BlockDevice(ctx, device.ID, symbolon.BlockRequest{Reason: reason})
		must(t, err)
		_, err = h.admin.UnblockDevice(ctx, device.ID, symbolon.UnblockRequest{})
		must(t, err)
	}
	whole := h.sealedUpTo(t, 7) // app, credential, device, and four changes
	latest, err := h.admin.LatestEvents(ctx, 2)
	must(t, err)
	if n := len(whole.Items); len(latest.Items) != 2 || latest.Items[1].ID != whole.Items[n-1].ID || latest.NextCursor != whole.NextCursor {
		t.Errorf("the latest events are %+v", latest)
	}
	check, err := h.admin.VerifyLog(ctx, "")
	if n := int64(len(whole.Items)); err != nil || !check.Intact || check.Events != n || check.Seq != n || check.LastSeq != n || check.NextCursor != "" {
		t.Errorf("the log holds %+v, %v; want %d events", check, err, n)
	}
	end, err := h.admin.ListEvents(ctx, client.Page{Cursor: whole.NextCursor})
	if err != nil || len(end.Items) != 0 || end.NextCursor != whole.NextCursor {
		t.Errorf("who waits at the log's end hears %+v, %v", end, err)
	}
	for query, code := range map[string]int{
		"events?latest=201": http.StatusBadRequest, "events?latest=2&after=1": http.StatusBadRequest,
		"events?after=8":          http.StatusBadRequest,
		"events?latest=2&limit=5": http.StatusBadRequest, "events/verify?after=first": http.StatusBadRequest,
	} {
		h.ask(t, "GET", "/v1/apps/bank/"+query, "", asAdmin()...).problem(t, query, code, "invalid_request")
	}
}

// A dry run says what an import would do.
func TestStoryOfADryRun(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	then := time.Date(2024, 1, 15, 10, 0, 0, 0, time.UTC)
	records := []symbolon.TrustedDevice{{
		Kind: symbolon.TrustedDeviceType, DeviceID: "dev_1", UserID: "alice", DeviceName: "Old laptop",
		DeviceType: symbolon.TypeLaptop, TrustedAt: then, CreatedAt: then,
	}}
	for _, step := range []struct {
		what string
		do   func() (symbolon.ImportReport, error)
		want symbolon.ImportReport
	}{
		{"a dry run", func() (symbolon.ImportReport, error) { return h.admin.CheckImport(ctx, records) }, symbolon.ImportReport{Imported: 1}},
		{"the import", func() (symbolon.ImportReport, error) { return h.admin.ImportTrustedDevices(ctx, records) }, symbolon.ImportReport{Imported: 1}},
		{"a dry run after it", func() (symbolon.ImportReport, error) { return h.admin.CheckImport(ctx, records) }, symbolon.ImportReport{Existing: 1}},
	} {
		if got, err := step.do(); err != nil || got != step.want {
			t.Errorf("%s: got %+v, %v; want %+v", step.what, got, err, step.want)
		}
	}
}

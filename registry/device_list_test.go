package registry_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/sqlstore"
)

func TestWhatAListOfDevicesMayBeAsked(t *testing.T) {
	w := newWorld(t)
	score := func(n int) *int { return &n }
	at := func(later time.Duration) *time.Time { when := noon.Add(later); return &when }
	for want, q := range map[string]symbolon.DeviceQuery{
		"status must be one of":               {Status: "lost"},
		"type must be one of":                 {Type: "toaster"},
		"platform must be one of":             {Platform: "amiga"},
		"keyStorage must be one of":           {KeyStorage: "paper"},
		"sort must be one of":                 {Sort: "colour"},
		"country must be two capital letters": {Country: "pt"},
		"country must be two":                 {Country: "PRT"},
		"riskFrom must be from 0 to 100":      {Risk: symbolon.Scores{From: score(-1)}},
		"riskTo must be from 0 to 100":        {Risk: symbolon.Scores{To: score(101)}},
		"riskFrom must not be above riskTo":   {Risk: symbolon.Scores{From: score(71), To: score(70)}},
		"seenFrom must not be after seenTo":   {SeenFrom: at(time.Microsecond), SeenTo: at(0)},
		"limit must be from 1 to 200":         {Limit: 201},
		"q ":                                  {Prefix: "a\x00"},
	} {
		_, err := w.reg.ListDevices(t.Context(), w.root(), bank, q, nil)
		w.refused(want, err, symbolon.ErrInvalidRequest)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for what, q := range map[string]symbolon.DeviceQuery{
		"equal ends": {Risk: symbolon.Scores{From: score(70), To: score(70)}, SeenFrom: at(0), SeenTo: at(0)},
		"open ends":  {Risk: symbolon.Scores{From: score(0)}, SeenTo: at(0), Country: "PT", Platform: symbolon.PlatformWeb, KeyStorage: symbolon.StorageAttested},
	} {
		if _, err := w.reg.ListDevices(t.Context(), w.root(), bank, q, nil); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A registration says where the device is, and so does each sign-in after it.
func TestDevicesAreFoundByWhereTheyWereLast(t *testing.T) {
	onBothStores(t, func(t *testing.T, on sqlstore.Config) {
		w := worldOn(t, on)
		browser := w.mapped().trustedLaptop()
		in := func(country string) int {
			t.Helper()
			page, err := w.reg.ListDevices(t.Context(), w.root(), bank, symbolon.DeviceQuery{Country: country}, nil)
			w.ok(err)
			return len(page.Items)
		}
		if here, there := in("US"), in("PT"); here != 1 || there != 0 {
			t.Errorf("registered in New York: %d in the US, %d in Portugal", here, there)
		}
		w.pass(time.Hour)
		browser.from(laptop.at(lisbon))
		w.seal()
		if here, there := in("US"), in("PT"); here != 0 || there != 1 {
			t.Errorf("then in Lisbon: %d in the US, %d in Portugal", here, there)
		}
	})
}

func TestUsersAreListedPageByPage(t *testing.T) {
	onBothStores(t, func(t *testing.T, on sqlstore.Config) {
		w := worldOn(t, on)
		for i := range 5 {
			w.registered(symbolon.UserID(fmt.Sprint("user/", i)))
		}
		w.registered("another")
		var users []symbolon.UserID
		q := symbolon.UserQuery{AppID: bank, Prefix: "user/", Limit: 2}
		for more := true; more; more = q.After != "" {
			page, err := w.reg.ListUsers(t.Context(), w.backend(bank), q)
			w.ok(err)
			for _, u := range page.Items {
				users = append(users, u.UserID)
			}
			q.After = symbolon.UserID(page.NextCursor)
		}
		if got := fmt.Sprint(users); got != "[user/0 user/1 user/2 user/3 user/4]" {
			t.Errorf("users %s", got)
		}
		for field, q := range map[string]symbolon.UserQuery{"limit": {Limit: -1}, "q": {Prefix: "\x1b"}, "cursor": {After: "\xff"}} {
			q.AppID = bank
			_, err := w.reg.ListUsers(t.Context(), w.root(), q)
			w.refused(field, err, symbolon.ErrInvalidRequest)
			if !strings.HasPrefix(err.Error(), field+" ") {
				t.Errorf("%s is refused as %v", field, err)
			}
		}
		page, err := w.reg.ListUsers(t.Context(), w.root(), symbolon.UserQuery{AppID: shop})
		if err != nil || page.Items == nil || len(page.Items) != 0 || page.NextCursor != "" {
			t.Errorf("an app without users: %+v %v", page, err)
		}
	})
}

// Bob uses Ada's phone with the same key, and signs in on it once more by another app that
// the phone's maker names alike.
func TestWhatSharesAKeyOrHardwareIsRelated(t *testing.T) {
	w := newWorld(t)
	app := func(r *symbolon.Registration) {
		r.Platform, r.DeviceType, r.ManufacturerID = symbolon.PlatformIOS, symbolon.TypeMobile, "A1B2"
	}
	adas := w.browser(ada)
	adasPhone := adas.register(app)
	bobs := adas.as(bob).register(app)
	w.pass(time.Minute)
	second := w.browser(bob).register(app)
	lonely := w.registered(ada)
	w.fake(shop, ada, proof.ES256).register(app)

	related := func(id symbolon.DeviceID) string {
		t.Helper()
		got, err := w.reg.RelatedDevices(t.Context(), w.root(), bank, id)
		w.ok(err)
		names := map[symbolon.DeviceID]string{adasPhone.ID: "ada's", bobs.ID: "bob's", second.ID: "second"}
		var key, hardware []string
		for _, d := range got.SameKey {
			key = append(key, names[d.ID])
		}
		for _, d := range got.SameHardware {
			hardware = append(hardware, names[d.ID])
		}
		if got.SameKey == nil || got.SameHardware == nil {
			t.Errorf("a list is null: %+v", got)
		}
		return fmt.Sprint(key, hardware)
	}
	for what, c := range map[string]struct {
		id   symbolon.DeviceID
		want string
	}{
		"one of two users of a key": {adasPhone.ID, "[bob's] [second]"},
		"the other":                 {bobs.ID, "[ada's] [second]"},
		"one on the hardware alone": {second.ID, "[] [bob's ada's]"},
		"one without either":        {lonely.id, "[] []"},
	} {
		if got := related(c.id); got != c.want && got != strings.ReplaceAll(c.want, "bob's ada's", "ada's bob's") {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
	_, err := w.reg.RelatedDevices(t.Context(), w.root(), bank, "no-such-device")
	w.refused("none", err, symbolon.ErrDeviceUnknown)
}

// A key that very many users share makes no list of all of them, and its devices stand in
// that list only.
func TestAKeyThatManyShare(t *testing.T) {
	w := newWorld(t)
	w.people(200, func(i int, d *symbolon.Device) {
		d.KeyID, d.ManufacturerID, d.CreatedAt = "shared", "A1B2", w.now.Add(time.Duration(-i)*time.Minute)
		switch {
		case i == 0:
			d.ID = "one"
		case i >= 60:
			d.KeyID, d.ManufacturerID = symbolon.KeyID(fmt.Sprint("key", i)), "C3D4"
		}
	})
	got, err := w.reg.RelatedDevices(t.Context(), w.root(), bank, "one")
	w.ok(err)
	if len(got.SameKey) != symbolon.MaxRelated || len(got.SameHardware) != 0 || got.SameKey[0].UserID != "user1" {
		t.Errorf("%d share its key, and %d its hardware only", len(got.SameKey), len(got.SameHardware))
	}
}

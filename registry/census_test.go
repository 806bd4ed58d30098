package registry_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// people stores devices, each of its own user unless edit says otherwise.
func (w *world) people(n int, edit func(i int, d *symbolon.Device)) {
	w.Helper()
	for from := 0; from < n; from += 1000 {
		w.ok(w.store.Tx(w.Context(), func(tx symbolon.Store) error {
			for i := from; i < min(n, from+1000); i++ {
				d := symbolon.Device{
					ID: symbolon.NewDeviceID(), AppID: bank, UserID: symbolon.UserID(fmt.Sprint("user", i)), Status: symbolon.StatusActive,
					Name: "d", Type: symbolon.TypeMobile, Platform: symbolon.PlatformWeb, CreatedAt: w.now, UpdatedAt: w.now,
				}
				edit(i, &d)
				if _, err := tx.PutDevice(w.Context(), d); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func (w *world) census() symbolon.Census {
	w.Helper()
	c, err := w.reg.GetCensus(w.Context(), w.holder(bank, "", symbolon.ScopeDevicesRead), bank)
	w.ok(err)
	return c
}

// of is what a census says of a kind: "name count name count".
func of(c symbolon.Census, kind symbolon.CensusKind) string {
	var said []string
	for _, n := range c.Counts {
		if n.Kind == kind {
			said = append(said, fmt.Sprintf("%s:%d", n.Name, n.Count))
		}
	}
	return strings.Join(said, " ")
}

func TestACensusCountsWhatThereIs(t *testing.T) {
	onBothStores(t, func(t *testing.T, at sqlstore.Config) {
		w := worldOn(t, at).mapped()
		w.trustedLaptop()
		phone := w.browser(bob)
		phone.register(func(r *symbolon.Registration) { r.Context.UserAgent = iphone })
		w.registered(ada)
		phone.block()
		w.seal()
		w.ok(w.reg.TakeCensuses(t.Context(), w.now))
		c := w.census()
		if c.Devices != 3 || c.Users != 2 || c.At.Before(w.now) || c.At.After(w.now.Add(time.Minute)) || c.AppID != bank {
			t.Errorf("%d devices of %d users at %v", c.Devices, c.Users, c.At)
		}
		for kind, want := range map[symbolon.CensusKind]string{
			symbolon.CensusStatus: "active:2 blocked:1", symbolon.CensusType: "desktop:2 mobile:1", symbolon.CensusPlatform: "web:3",
			symbolon.CensusBrowser: "Chrome:2 Safari:1", symbolon.CensusSystem: "macOS:2 iOS:1", symbolon.CensusStorage: "browser:3",
			symbolon.CensusCountry: "US:3", symbolon.CensusTrusted: "no:2 yes:1", symbolon.CensusScore: "0:3",
		} {
			if got := of(c, kind); got != want {
				t.Errorf("%s: %q; want %q", kind, got, want)
			}
		}
	})
}

// A census is a minute old before the next is taken, whichever replica takes it; what
// finds nothing new is written down once an hour.
func TestCensusesAreTakenWhenTheyAreDue(t *testing.T) {
	heard, spy := spied()
	w := newWorld(t, spy)
	takes := func(when string, taken, written int) {
		t.Helper()
		heard.take()
		w.ok(w.reg.TakeCensuses(t.Context(), w.now))
		n := map[string]int{}
		for _, method := range heard.take() {
			n[method]++
		}
		if n["WalkDevices"] != taken || n["PutCensus"] != written {
			t.Errorf("%s: %d taken and %d written; want %d and %d", when, n["WalkDevices"], n["PutCensus"], taken, written)
		}
	}
	takes("at first, of two apps", 2, 2)
	w.pass(59 * time.Second)
	takes("a minute later", 0, 0)
	w.serve(secret) // another replica, which has taken none
	takes("by another replica", 0, 0)
	w.pass(time.Minute)
	takes("two minutes later", 2, 0)
	takes("again at once", 0, 0)
	w.people(1, func(int, *symbolon.Device) {})
	w.pass(2 * time.Minute)
	takes("with a new device", 2, 1)
	w.pass(time.Hour + time.Minute)
	takes("an hour later", 2, 2)
	w.ok(w.reg.RemoveApp(t.Context(), w.root(), shop))
	w.pass(2 * time.Minute)
	takes("after an app was removed", 1, 0)
}

// After a restart, how long a census took is not known: a large app is not due at once.
func TestALargeAppIsCountedLessOften(t *testing.T) {
	w := newWorld(t)
	w.ok(w.store.PutCensus(t.Context(), symbolon.Census{AppID: bank, At: w.now, Devices: 1_000_000}))
	for _, c := range []struct {
		later time.Duration
		want  int64
	}{{20 * time.Minute, 1_000_000}, {6 * time.Minute, 0}} {
		w.pass(c.later)
		w.ok(w.reg.TakeCensuses(t.Context(), w.now))
		if got := w.census().Devices; got != c.want {
			t.Errorf("%v later it says %d; want %d", c.later, got, c.want)
		}
	}
}

// Before the first census a small app is counted while one waits; a large one says that it
// is not counted yet.
func TestBeforeTheFirstCensus(t *testing.T) {
	w := newWorld(t)
	if c := w.census(); c.Devices != 0 || !c.At.Equal(w.now) {
		t.Errorf("an empty app: %+v", c)
	}
	w.people(1999, func(i int, d *symbolon.Device) { d.UserID = symbolon.UserID(fmt.Sprint("user", i/2)) })
	if c := w.census(); c.Devices != 1999 || c.Users != 1000 || of(c, symbolon.CensusType) != "mobile:1999" {
		t.Errorf("a small app: %+v", c)
	}
	w.people(1, func(_ int, d *symbolon.Device) { d.UserID = "one more" })
	if c := w.census(); !c.At.IsZero() || c.Devices != 0 || c.Counts == nil || len(c.Counts) != 0 {
		t.Errorf("a larger app: %+v", c)
	}
	w.ok(w.reg.TakeCensuses(t.Context(), w.now))
	if c := w.census(); c.Devices != 2000 || c.Users != 1001 || c.At.IsZero() {
		t.Errorf("once it was counted: %+v", c)
	}
}

// Names that someone makes up are put together, and crowd out nobody.
func TestRareNamesAreCountedTogether(t *testing.T) {
	w := newWorld(t)
	w.people(3000, func(i int, d *symbolon.Device) {
		d.OperatingSystem = fmt.Sprintf("System%c 1%d", 'A'+i%19, i%7)
		if d.Browser = fmt.Sprint("Made up", i, " 1.0"); i%10 == 0 {
			d.Browser = fmt.Sprint("Chrome ", i)
		}
	})
	w.ok(w.reg.TakeCensuses(t.Context(), w.now))
	c := w.census()
	if n := strings.Count(of(c, symbolon.CensusSystem), "System"); n != 19 || strings.Contains(of(c, symbolon.CensusSystem), "other") {
		t.Errorf("systems: %s", of(c, symbolon.CensusSystem))
	}
	browsers := of(c, symbolon.CensusBrowser)
	if fields := strings.Fields(strings.ReplaceAll(browsers, "Made up", "Made_up")); len(fields) != 21 || fields[0] != "Chrome:300" || fields[20] != "other:2681" {
		t.Errorf("browsers: %s", browsers)
	}
}

// Of very many users the number is an estimate, in bounded memory.
func TestManyUsersAreEstimated(t *testing.T) {
	for _, c := range []struct{ users, off int }{{0, 0}, {1, 0}, {100_000, 0}, {500_000, 10_000}} {
		var d registry.Distinct
		for i := range c.users {
			d.Add(fmt.Sprint("user", i))
			d.Add(fmt.Sprint("user", i/2))
		}
		if got := d.Count(); got < c.users-c.off || got > c.users+c.off {
			t.Errorf("%d users are counted as %d", c.users, got)
		}
		if d.Kept() > 1<<17 {
			t.Errorf("%d users take %d places", c.users, d.Kept())
		}
	}
}

// What fails for one app keeps the others from nothing, and ending ends between two steps.
func TestACensusThatFails(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stopAt := ""
	w := newWorld(t, func(s symbolon.Store) symbolon.Store {
		return &spy{s, func(method string) error {
			switch {
			case method == stopAt:
				stop()
			case method == "PutCensus" && stopAt == "":
				stopAt = "none"
				return symbolon.ErrUnavailable
			}
			return nil
		}}
	})
	w.people(500, func(int, *symbolon.Device) {})
	if err := w.reg.TakeCensuses(ctx, w.now); err == nil {
		t.Error("the failure is not told")
	}
	if _, err := w.store.GetCensus(t.Context(), shop); err != nil {
		t.Errorf("the other app: %v", err)
	}
	stopAt = "WalkDevices"
	w.ok(w.reg.TakeCensuses(ctx, w.now.Add(time.Hour)))
	if c, err := w.store.GetCensus(t.Context(), bank); err == nil {
		t.Errorf("half a census was put: %+v", c)
	}
}

package symbolon_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

// The whole life of a device: what each verb does in each state. "same" is a verb that
// holds already, "back" the state before the block; "conflict" and "device_blocked" are
// refusals.
const (
	byStaff = `
		         approve   block    unblock  remove  claim     trust     distrust  rotate
		active   same      blocked  same     gone    conflict  same      same      same
		pending  active    blocked  same     gone    conflict  conflict  same      conflict
		blocked  conflict  same     back     gone    conflict  conflict  same      conflict
		unbound  conflict  blocked  same     gone    active    conflict  same      conflict`

	byItsUser = `
		         approve         block    unblock         remove          claim           trust           distrust  rotate
		active   same            blocked  same            gone            conflict        same            same      same
		pending  active          blocked  same            gone            conflict        conflict        same      conflict
		blocked  device_blocked  same     device_blocked  device_blocked  device_blocked  device_blocked  same      device_blocked
		unbound  conflict        blocked  same            conflict        active          conflict        same      conflict`
)

func TestTheWholeLifeOfADevice(t *testing.T) {
	for who, table := range map[string]string{"staff": byStaff, "its user": byItsUser} {
		rows := strings.Split(strings.TrimSpace(table), "\n")
		verbs := strings.Fields(rows[0])
		var statuses []symbolon.Status
		for _, row := range rows[1:] {
			cells := strings.Fields(row)
			status := symbolon.Status(cells[0])
			statuses = append(statuses, status)
			for i, want := range cells[1:] {
				t.Run(who+"/"+cells[0]+"/"+verbs[i], func(t *testing.T) {
					for _, d := range devicesIn(status) {
						checkMove(t, d, symbolon.Verb(verbs[i]), who == "staff", want)
					}
				})
			}
		}
		if !slices.Equal(statuses, symbolon.Statuses) {
			t.Errorf("the table of %s has the states %v, and there are %v", who, statuses, symbolon.Statuses)
		}
	}
}

// devicesIn gives a device in the state; a blocked one from every state before it.
func devicesIn(status symbolon.Status) []symbolon.Device {
	d := laptop()
	d.Status = status
	if status != symbolon.StatusBlocked {
		return []symbolon.Device{d}
	}
	var list []symbolon.Device
	for _, before := range []symbolon.Status{symbolon.StatusActive, symbolon.StatusPending, symbolon.StatusUnbound} {
		d.Block = &symbolon.Block{At: noon, By: "system", Before: before}
		list = append(list, d)
	}
	return list
}

func checkMove(t *testing.T, d symbolon.Device, verb symbolon.Verb, staff bool, want string) {
	t.Helper()
	to, changed, err := d.Move(verb, staff)
	switch want {
	case "conflict", "device_blocked":
		if !errors.Is(err, symbolon.Code(want)) || to != d.Status || changed {
			t.Errorf("got %q, changed %v, error %v; want it refused as %s", to, changed, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), string(d.Status)) {
			t.Errorf("%q does not name the present state, %s", err, d.Status)
		}
		return
	case "same":
		want = string(d.Status)
	case "gone":
		want = ""
	case "back":
		want = string(d.Block.Before)
	}
	if err != nil || string(to) != want || changed != (to != d.Status) {
		t.Errorf("got %q, changed %v, error %v; want %q", to, changed, err, want)
	}
}

func TestNothingMovesADeviceThatIsGone(t *testing.T) {
	gone := laptop()
	gone.Status = ""
	for _, verb := range []symbolon.Verb{
		symbolon.VerbApprove, symbolon.VerbBlock, symbolon.VerbUnblock, symbolon.VerbRemove,
		symbolon.VerbClaim, symbolon.VerbTrust, symbolon.VerbDistrust, symbolon.VerbRotate, "revive",
	} {
		if _, _, err := gone.Move(verb, true); !errors.Is(err, symbolon.ErrConflict) {
			t.Errorf("%s: got %v, want a conflict", verb, err)
		}
	}
}

package registry_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// change is a row of the table of events: what was done, by whom, and the one event that
// tells of it.
type change struct {
	name  string
	bring func(*fake)                                // what has to be there before
	do    func(w *world, c symbolon.Caller, f *fake) // by the caller
	by    func(w *world) symbolon.Caller
	event symbolon.EventType
	data  string // what the event must say
	again bool   // repeating it changes nothing
}

func registers(f *fake) { f.register() }

func byBackend(w *world) symbolon.Caller { return w.backend(bank) }
func byUser(w *world) symbolon.Caller    { return w.user(bank, ada, withFactor) }

var changes = []change{
	{
		name: "register", bring: func(*fake) {}, by: byUser, event: symbolon.EventDeviceRegistered, data: `"deviceName":"Chrome on macOS"`, again: true,
		do: func(w *world, c symbolon.Caller, f *fake) { _, _, err := f.registerBy(c); w.ok(err) },
	},
	{
		name: "enrol", bring: func(*fake) {}, by: byBackend, event: symbolon.EventDeviceRegistered, data: `"status":"active"`, again: true,
		do: func(w *world, _ symbolon.Caller, f *fake) { _, _, err := f.enrol(); w.ok(err) },
	},
	{
		name: "rename", bring: registers, by: byBackend, event: symbolon.EventDeviceUpdated, data: `{"deviceName":"Renamed"}`, again: true,
		do: func(w *world, c symbolon.Caller, f *fake) {
			name := "Renamed"
			w.device(w.reg.UpdateDevice(w.Context(), c, bank, f.id, symbolon.DevicePatch{DeviceName: &name}))
		},
	},
	{
		name: "metadata", bring: registers, by: byBackend, event: symbolon.EventDeviceUpdated, data: `{"metadata":{"a":1}}`, again: true,
		do: func(w *world, c symbolon.Caller, f *fake) { w.patch(c, f.id, `{"a":1,"b":null}`, "") },
	},
	{
		name: "push", bring: registers, by: byBackend, event: symbolon.EventDeviceUpdated, data: `{"pushConfig":"changed"}`, again: true,
		do: func(w *world, c symbolon.Caller, f *fake) { w.patch(c, f.id, "", `{"token":"push-secret"}`) },
	},
	{
		name: "block", bring: registers, by: byBackend, event: symbolon.EventDeviceBlocked, data: `"reason":"stolen"`, again: true,
		do: func(w *world, _ symbolon.Caller, f *fake) { f.block() },
	},
	{
		name: "unblock", bring: func(f *fake) { f.register(); f.block() }, by: byBackend, event: symbolon.EventDeviceUnblocked, data: `{"status":"active"}`, again: true,
		do: func(w *world, _ symbolon.Caller, f *fake) { f.unblock() },
	},
	{
		name: "trust", bring: registers, by: func(w *world) symbolon.Caller { return w.holder(bank, symbolon.RoleAdmin) },
		event: symbolon.EventDeviceTrusted, data: `"until":"2026-03-31T12:00:00Z"`,
		do: func(w *world, c symbolon.Caller, f *fake) {
			w.device(w.reg.TrustDevice(w.Context(), c, bank, f.id, symbolon.TrustRequest{}))
		},
	},
	{
		name: "distrust", bring: func(f *fake) { f.register(); f.trust() }, by: byBackend, event: symbolon.EventDeviceDistrusted, data: `{"reason":"sold"}`, again: true,
		do: func(w *world, c symbolon.Caller, f *fake) {
			w.device(w.reg.DistrustDevice(w.Context(), c, bank, f.id, symbolon.DistrustRequest{Reason: "sold"}))
		},
	},
	{
		name: "approve", by: byBackend, event: symbolon.EventDeviceApproved, again: true,
		bring: func(f *fake) {
			f.w.policy(bank, `{"registration":{"approval":"admin"}}`)
			f.register()
		},
		do: func(w *world, c symbolon.Caller, f *fake) {
			w.device(w.reg.ApproveDevice(w.Context(), c, bank, f.id))
		},
	},
	{
		name: "rotate", bring: registers, by: func(w *world) symbolon.Caller { return w.client(bank) }, event: symbolon.EventDeviceRotated, data: `"thumbprint":`,
		do: func(w *world, _ symbolon.Caller, f *fake) { w.device(f.rotate(w.newPair("ES256"))) },
	},
	{
		name: "remove", bring: registers, by: byBackend, event: symbolon.EventDeviceRemoved, data: `"reason":"removed by staff"`,
		do: func(w *world, c symbolon.Caller, f *fake) { w.ok(w.reg.RemoveDevice(w.Context(), c, bank, f.id)) },
	},
	{
		name: "rename one's own", bring: registers, by: byUser, event: symbolon.EventDeviceUpdated, data: `{"deviceName":"Ours"}`, again: true,
		do: func(w *world, c symbolon.Caller, f *fake) {
			name := "Ours"
			w.device(w.reg.UpdateMine(w.Context(), c, bank, f.id, registry.Self{}, symbolon.DevicePatch{DeviceName: &name}))
		},
	},
	{
		name: "distrust one's own", bring: func(f *fake) { f.register(); f.trust() }, by: byUser, event: symbolon.EventDeviceDistrusted, data: `{"reason":"by its user"}`, again: true,
		do: func(w *world, c symbolon.Caller, f *fake) {
			w.device(w.reg.DistrustMine(w.Context(), c, bank, f.id, registry.Self{}))
		},
	},
	{
		name: "report lost", bring: registers, by: byUser, event: symbolon.EventDeviceBlocked, data: `"reason":"reported lost by its user"`, again: true,
		do: func(w *world, c symbolon.Caller, f *fake) {
			w.device(w.reg.ReportLost(w.Context(), c, bank, f.id, registry.Self{}))
		},
	},
	{
		name: "remove one's own", bring: registers, by: byUser, event: symbolon.EventDeviceRemoved, data: `"reason":"removed by its user"`,
		do: func(w *world, c symbolon.Caller, f *fake) {
			w.ok(w.reg.RemoveMine(w.Context(), c, bank, f.id, registry.Self{}))
		},
	},
	{
		name: "sign the others out", bring: registers, by: byUser, event: symbolon.EventDeviceRemoved, data: `"reason":"signed out by its user"`, again: true,
		do: func(w *world, c symbolon.Caller, _ *fake) {
			_, err := w.reg.SignOutOthers(w.Context(), c, bank, w.registered(ada).self())
			w.ok(err)
		},
	},
	{
		name: "decide", bring: registers, by: byBackend, event: symbolon.EventDeviceDecided, data: `"recommendation":"ALLOW"`,
		do: func(w *world, _ symbolon.Caller, f *fake) { f.decide() },
	},
}

// patch changes a device's objects.
func (w *world) patch(c symbolon.Caller, id symbolon.DeviceID, metadata, push string) symbolon.Device {
	w.Helper()
	var p symbolon.DevicePatch
	for text, member := range map[string]**json.RawMessage{metadata: &p.Metadata, push: &p.PushConfig} {
		if raw := json.RawMessage(text); text != "" {
			*member = &raw
		}
	}
	return w.device(w.reg.UpdateDevice(w.Context(), c, bank, id, p))
}

// Each change writes exactly one event, with who did it, in the transaction of the change.
func TestEveryChangeTellsOfItselfOnce(t *testing.T) {
	for _, row := range changes {
		t.Run(row.name, func(t *testing.T) {
			heard, spy := spied()
			w := newWorld(t, spy)
			f := w.browser(ada)
			row.bring(f)
			caller := row.by(w)
			before := len(w.ifAny(f.id))
			heard.take()
			row.do(w, caller, f)
			told := w.ifAny(f.id)[before:]
			if len(told) != 1 {
				t.Fatalf("%d events: %+v", len(told), told)
			}
			e := told[0]
			if e.Type != row.event || e.Actor != caller.Actor() || e.UserID != ada || e.DeviceID != f.id || !e.At.Equal(w.now) {
				t.Errorf("the event: %+v; want %s by %v", e, row.event, caller.Actor())
			}
			if !strings.Contains(string(e.Data), row.data) || strings.Contains(string(e.Data), "push-secret") {
				t.Errorf("it says %s; want %s", e.Data, row.data)
			}
			if row.again {
				row.do(w, caller, f)
				if n := len(w.ifAny(f.id)) - before; n != 1 {
					t.Errorf("repeated, it tells of itself again: %d events", n)
				}
			}
			wantInOneTransaction(t, heard.take())
		})
	}
}

// ifAny are the events of a device that may not be there yet.
func (w *world) ifAny(id symbolon.DeviceID) []symbolon.Event {
	w.Helper()
	if id == "" {
		return nil
	}
	return w.events(bank, id)
}

// wantInOneTransaction sees that nothing is written outside of one, but for a decision,
// which is one statement.
func wantInOneTransaction(t *testing.T, calls []string) {
	t.Helper()
	inside := false
	for _, m := range calls {
		switch {
		case m == "Tx":
			inside = true
		case m == "Commit":
			inside = false
		case writes(m) && !inside && m != "PutDecision":
			t.Errorf("%s outside of a transaction, in %v", m, calls)
		}
	}
}

// The log of one device, of one user and of the app agree, page by page.
func TestTheLogIsReadPageByPage(t *testing.T) {
	w := newWorld(t)
	phone := w.trusted(ada)
	phone.block()
	phone.unblock()
	w.seal()
	backend := w.backend(bank)
	read := func(page func(cursor string) (symbolon.EventPage, error)) (all []symbolon.Event) {
		for cursor := ""; ; {
			p, err := page(cursor)
			w.ok(err)
			all = append(all, p.Items...)
			if len(p.Items) < 2 || p.NextCursor == "" {
				return all
			}
			cursor = p.NextCursor
		}
	}
	log := read(func(after string) (symbolon.EventPage, error) {
		return w.reg.ListEvents(t.Context(), backend, bank, after, 2)
	})
	for i, e := range log {
		if e.Seq != int64(i+1) {
			t.Fatalf("event %d has the place %d", i+1, e.Seq)
		}
	}
	device := read(func(c string) (symbolon.EventPage, error) {
		return w.reg.DeviceEvents(t.Context(), backend, bank, phone.id, c, 2)
	})
	mine := read(func(c string) (symbolon.EventPage, error) {
		return w.reg.MyEvents(t.Context(), w.user(bank, ada), bank, c, 2)
	})
	if len(device) != 5 || device[0].Type != symbolon.EventDeviceUnblocked || device[4].Type != symbolon.EventDeviceRegistered {
		t.Errorf("the device's timeline: %+v", device)
	}
	if len(mine) != 4 { // all but the decision
		t.Errorf("the user's: %+v", mine)
	}
	for _, limit := range []int{-1, 201} {
		_, err := w.reg.ListEvents(t.Context(), backend, bank, "", limit)
		w.refused("a page of an odd size", err, symbolon.ErrInvalidRequest)
	}
}

// A merge patch (RFC 7396) changes what it names.
func TestObjectsArePatchedMemberByMember(t *testing.T) {
	w := newWorld(t)
	phone := w.registered(ada)
	for _, row := range []struct{ patch, want string }{
		{`{"a":{"b":1,"c":[1,2]},"n":12345678901234567890}`, `{"a":{"b":1,"c":[1,2]},"n":12345678901234567890}`},
		{`{"a":{"b":null,"d":"x"}}`, `{"a":{"c":[1,2],"d":"x"},"n":12345678901234567890}`},
		{`{"a":[3],"n":null}`, `{"a":[3]}`},
		{`null`, ``},
		{`null`, ``},
	} {
		if d := w.patch(w.backend(bank), phone.id, row.patch, ""); string(d.Metadata) != row.want {
			t.Errorf("after %s: %s; want %s", row.patch, d.Metadata, row.want)
		}
	}
	big := json.RawMessage(`{"x":"` + strings.Repeat("x", 5000) + `"}`)
	w.patch(w.backend(bank), phone.id, string(big), "")
	bigger := json.RawMessage(`{"y":"` + strings.Repeat("y", 5000) + `"}`)
	_, err := w.reg.UpdateDevice(t.Context(), w.backend(bank), bank, phone.id, symbolon.DevicePatch{Metadata: &bigger})
	w.refused("growing beyond the limit by patches", err, symbolon.ErrInvalidRequest)
	for _, name := range []string{"", "a\u0000b", strings.Repeat("n", 256)} {
		_, err := w.reg.UpdateDevice(t.Context(), w.backend(bank), bank, phone.id, symbolon.DevicePatch{DeviceName: &name})
		w.refused("the name "+name, err, symbolon.ErrInvalidRequest)
	}
}

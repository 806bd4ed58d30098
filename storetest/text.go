package storetest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

// unicode is text that databases and drivers are known to stumble over.
var unicode = map[string]string{
	"emoji":              "👩‍👩‍👧‍👦 phone 🇵🇹",
	"right to left":      "הטלפון של דנה",
	"combining":          "e\u0301\u0323 vs \u1eb9\u0301",
	"replacement":        "\ufffd",
	"not normalised":     "\u212b",
	"beyond 16 bits":     "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
	"the last character": "\U0010ffff",
	"zero width":         "a\u200b\u2060b",
	"markup":             `<b>&amp;</b>`,
	"quotes":             `'"; DROP TABLE devices; -- $1 ? :x %s \`,
	"very long":          strings.Repeat("ß", symbolon.MaxText),
	"very long and wide": strings.Repeat("🦊", symbolon.MaxText),
}

var texts = []story{
	{"any text that has no control characters comes back as it was", func(t *testing.T, w *world) {
		for what, text := range unicode {
			k := newKey(symbolon.KeyID(text))
			k.Thumbprint = text
			_, err := w.store.PutKey(w.ctx, k)
			must(t, err)
			d := newDevice(symbolon.UserID(text), symbolon.KeyID(text))
			d.Name, d.UserAgent, d.Location, d.EndpointID = text, text, text, text
			doc, err := json.Marshal(map[string]string{text: text})
			must(t, err)
			d.Metadata = doc
			d = w.put(t, d)
			id, err := w.Replicas[1].GetIdentity(w.ctx, acme, symbolon.UserID(text), symbolon.KeyID(text))
			must(t, err)
			if id.Device == nil {
				t.Fatalf("%s: not found", what)
			}
			equal(t, what, []string{id.Device.Name, id.Device.UserAgent, id.Device.Location, id.Device.EndpointID, string(id.Device.Metadata)},
				[]string{text, text, text, text, string(doc)})
		}
	}},
	{"ids that differ by a form or a case are different", func(t *testing.T, w *world) {
		for _, user := range []symbolon.UserID{"é", "e\u0301", "É", "e", "E", " e", "e "} {
			w.register(t, user, "k1")
		}
		list, err := w.store.ListKeyDevices(w.ctx, acme, "k1")
		must(t, err)
		equal(t, "identities", len(list), 7)
	}},
	{"control characters and what is not UTF-8 are refused by name", refused},
}

func refused(t *testing.T, w *world) {
	for _, bad := range []string{"a\x00b", "a\nb", "a\x1b[0m", "a\x7f", "a\u0085b", "a\xff", "\xed\xa0\x80"} {
		for name, put := range map[string]func() error{
			"deviceId":   func() error { return w.tryDevice(func(d *symbolon.Device) { d.ID = symbolon.DeviceID(bad) }) },
			"userId":     func() error { return w.tryDevice(func(d *symbolon.Device) { d.UserID = symbolon.UserID(bad) }) },
			"keyId":      func() error { return w.tryDevice(func(d *symbolon.Device) { d.KeyID = symbolon.KeyID(bad) }) },
			"deviceName": func() error { return w.tryDevice(func(d *symbolon.Device) { d.Name = bad }) },
			"userAgent":  func() error { return w.tryDevice(func(d *symbolon.Device) { d.UserAgent = bad }) },
			"country":    func() error { return w.tryDevice(func(d *symbolon.Device) { d.Country = bad }) },
			"traits":     func() error { return w.tryDevice(func(d *symbolon.Device) { d.Traits = bad }) },
			"history.country": func() error {
				return w.tryDevice(func(d *symbolon.Device) { d.History = d.History.With(symbolon.Place{Country: bad}, start) })
			},
			"incidentId": func() error { return w.store.PutIncident(w.ctx, newIncident(bad, start)) },
			"block.reason": func() error {
				return w.tryDevice(func(d *symbolon.Device) { d.Block = &symbolon.Block{At: start, Reason: bad} })
			},
			"trust.factor": func() error { return w.tryDevice(func(d *symbolon.Device) { d.Trust = &symbolon.Trust{Factor: bad} }) },
			"metadata": func() error {
				return w.tryDevice(func(d *symbolon.Device) { d.Metadata = []byte(`{"a":"` + bad + `"}`) })
			},
			"pushConfig": func() error { return w.tryDevice(func(d *symbolon.Device) { d.PushConfig = escaped(bad) }) },
			"actor.id":   func() error { return w.tryEvent(func(e *symbolon.Event) { e.Actor.ID = bad }) },
			"ipAddress":  func() error { return w.tryEvent(func(e *symbolon.Event) { e.IPAddress = bad }) },
			"data":       func() error { return w.tryEvent(func(e *symbolon.Event) { e.Data = escaped(bad) }) },
			"name":       func() error { return w.tryApp(bad) },
			"thumbprint": func() error { return w.tryKey(bad) },
			"policy":     func() error { return w.tryPolicy(escaped(bad)) },
			"epoch": func() error {
				return w.store.PutUser(w.ctx, symbolon.User{AppID: acme, ID: "ann", Epoch: bad})
			},
		} {
			if bad == "a\nb" && (name == "policy" || name == "data") {
				must(t, put()) // a condition may stand on several lines, and the log tells of it
				continue
			}
			err := put()
			fails(t, err, symbolon.ErrInvalidRequest)
			if !strings.Contains(err.Error(), name) {
				t.Fatalf("%q: the error does not name %s: %v", bad, name, err)
			}
		}
	}
	list, _, err := w.store.ListDevices(w.ctx, symbolon.DeviceQuery{AppID: acme, Limit: 10})
	must(t, err)
	equal(t, "devices that got through", len(list), 0)
}

// escaped hides the text behind JSON escapes where it can be written so.
func escaped(text string) json.RawMessage {
	doc, err := json.Marshal(map[string]string{"x": text})
	if err != nil || strings.Contains(string(doc), `\ufffd`) {
		return json.RawMessage(`{"x":"` + text + `"}`) // what is not UTF-8 stays as it is
	}
	return doc
}

func (w *world) tryDevice(change func(*symbolon.Device)) error {
	d := newDevice("ann", "k1")
	change(&d)
	_, err := w.store.PutDevice(w.ctx, d)
	return err
}

func (w *world) tryEvent(change func(*symbolon.Event)) error {
	e := symbolon.Event{AppID: acme, Type: symbolon.EventDeviceUpdated, At: start}
	change(&e)
	_, err := w.store.AppendEvent(w.ctx, e)
	return err
}

func (w *world) tryApp(name string) error {
	_, err := w.store.PutApp(w.ctx, symbolon.App{ID: "bad", Name: name, CreatedAt: start})
	return err
}

func (w *world) tryKey(thumbprint string) error {
	k := newKey("k1")
	k.Thumbprint = thumbprint
	_, err := w.store.PutKey(w.ctx, k)
	return err
}

func (w *world) tryPolicy(doc json.RawMessage) error {
	return w.store.PutPolicy(w.ctx, symbolon.PolicyVersion{AppID: acme, Version: 1, Document: doc, At: start})
}

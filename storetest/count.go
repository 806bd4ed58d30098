package storetest

import (
	"testing"

	"github.com/symbolon-id/symbolon"
)

var counts = []story{
	{"devices are counted within their app, whatever their state", func(t *testing.T, w *world) {
		counted := func(app symbolon.AppID) int64 {
			n, err := w.store.CountDevices(w.ctx, app)
			must(t, err)
			return n
		}
		equal(t, "of none", counted(acme), 0)
		w.register(t, "ada", "key_1")
		blocked := newDevice("ada", "key_2")
		blocked.Status, blocked.Block = symbolon.StatusBlocked, &symbolon.Block{At: start, By: "admin", Before: symbolon.StatusActive}
		w.put(t, blocked)
		w.registerIn(t, "other", "ada", "key_1")
		equal(t, "of two", counted(acme), 2)
	}},
}

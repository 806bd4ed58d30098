package storetest

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var seals = []story{
	{"the chain of a log that nobody touched verifies", func(t *testing.T, w *world) {
		w.log(t, 25)
		equal(t, "checked", w.verify(t, acme), symbolon.ChainReport{Events: 25, Seq: 25})
		equal(t, "checked in an app without events", w.verify(t, "other"), symbolon.ChainReport{})
	}},
	{"the last batch is the one that ends the log", func(t *testing.T, w *world) {
		_, err := w.store.GetLastSeal(w.ctx, acme)
		fails(t, err, symbolon.ErrNotFound)
		w.log(t, 25)
		last, err := w.store.GetLastSeal(w.ctx, acme)
		must(t, err)
		seals, err := w.store.ListSeals(w.ctx, acme, last.Seq-1, 10)
		must(t, err)
		equal(t, "the last batch", []symbolon.Seal{last}, seals)
		_, err = w.store.GetLastSeal(w.ctx, "other")
		fails(t, err, symbolon.ErrNotFound)
	}},
	{"whatever is changed in the log is found", func(t *testing.T, w *world) {
		w.log(t, 25)
		for what, statement := range map[string]string{
			"a user":        `UPDATE events SET user_id = 'eve' WHERE user_id = 'ann' AND app_id = 'acme'`,
			"the data":      `UPDATE events SET data = '{}' WHERE id = (SELECT MAX(id) FROM events)`,
			"a time":        `UPDATE events SET at = at + 1 WHERE id = (SELECT MIN(id) + 3 FROM events)`,
			"a type":        `UPDATE events SET type = 'device.trusted' WHERE id = (SELECT MIN(id) FROM events)`,
			"an actor":      `UPDATE events SET actor_kind = 'admin' WHERE id = (SELECT MIN(id) FROM events)`,
			"an event":      `DELETE FROM events WHERE id = (SELECT MAX(id) FROM events)`,
			"a batch":       `DELETE FROM seals WHERE seq = (SELECT MIN(seq) FROM seals)`,
			"a digest":      `UPDATE seals SET chain = ids WHERE seq = (SELECT MAX(seq) FROM seals)`,
			"an order":      `UPDATE seals SET seq = seq + 1`,
			"a commitment":  `UPDATE events SET commitment = salt WHERE id = (SELECT MIN(id) FROM events)`,
			"the beginning": `INSERT INTO checkpoints (app_id, seq, chain, at, signature) SELECT app_id, seq, chain, at, chain FROM seals WHERE seq = (SELECT MIN(seq) FROM seals)`,
		} {
			t.Run(what, func(t *testing.T) {
				err := w.tampered(t, statement)
				fails(t, err, symbolon.ErrChainBroken)
			})
		}
		w.verify(t, acme) // each change was taken back
	}},
}

// log makes a device with a log of n events, sealed in batches of ten.
func (w *world) log(t *testing.T, n int) symbolon.Device {
	t.Helper()
	d := w.register(t, "ann", "k1")
	for i := range n {
		var err error
		when := start.Add(time.Duration(i) * time.Minute)
		if i%2 == 0 {
			_, err = w.store.AppendEvent(w.ctx, eventOf(d, symbolon.EventDeviceUpdated, when))
		} else {
			_, err = w.decide(d, fmt.Sprint("log", i), when)
		}
		must(t, err)
		if i%10 == 9 {
			_, err := w.store.Seal(w.ctx, when, 100)
			must(t, err)
		}
	}
	_, err := w.store.Seal(w.ctx, start.Add(time.Duration(n)*time.Minute), 100)
	must(t, err)
	return d
}

// tampered gives what verifying says after the statement, and takes the change back by
// writing the tables as they were.
func (w *world) tampered(t *testing.T, statement string) error {
	t.Helper()
	tables := []string{"events", "seals", "checkpoints"}
	for _, table := range tables {
		w.Exec(t, `CREATE TABLE before_`+table+` AS SELECT * FROM `+table)
	}
	w.Exec(t, statement)
	_, err := symbolon.VerifyChain(w.ctx, w.store, acme, signedHere)
	for _, table := range tables {
		w.Exec(t, `DELETE FROM `+table)
		w.Exec(t, `INSERT INTO `+table+` SELECT * FROM before_`+table)
		w.Exec(t, `DROP TABLE before_`+table)
	}
	return err
}

func sign(c symbolon.Checkpoint) []byte {
	mac := hmac.New(sha256.New, []byte("the service's secret"))
	mac.Write(c.Message())
	return mac.Sum(nil)
}

func signedHere(c symbolon.Checkpoint) bool { return hmac.Equal(sign(c), c.Signature) }

var retention = []story{
	{"pruning deletes whole old batches, and leaves a signed checkpoint", func(t *testing.T, w *world) {
		d := w.log(t, 25)
		fresh := start.Add(15 * time.Minute)
		n, err := w.store.PruneEvents(w.ctx, acme, fresh, 100, sign)
		must(t, err)
		equal(t, "pruned", n, 10)
		r := w.verify(t, acme)
		equal(t, "checked", []int64{r.Events, r.Seq, r.Checkpoint.Seq}, []int64{15, 25, 10})
		equal(t, "places", w.places(t, acme, 0, 2), []int64{11, 12})
		n, err = w.store.PruneEvents(w.ctx, acme, fresh, 100, sign)
		must(t, err)
		equal(t, "pruned again", n, 0)

		_, err = w.decide(d, "after", start)
		must(t, err)
		w.sealAll(t)
		for _, want := range []int{10, 6, 0} { // whole batches within the limit
			n, err := w.store.PruneEvents(w.ctx, acme, start.Add(24*time.Hour), 10, sign)
			must(t, err)
			equal(t, "pruned", n, want)
		}
		_, err = w.decide(d, "after everything", start)
		must(t, err)
		w.sealAll(t)
		equal(t, "places after all were pruned", w.places(t, acme, 0, 10), []int64{27})
		w.verify(t, acme)
		_, err = symbolon.VerifyChain(w.ctx, w.store, acme, func(symbolon.Checkpoint) bool { return false })
		fails(t, err, symbolon.ErrChainBroken)
	}},
	{"what is not sealed is not pruned", func(t *testing.T, w *world) {
		_, err := w.decide(w.register(t, "ann", "k1"), "c", start)
		must(t, err)
		n, err := w.store.PruneEvents(w.ctx, acme, start.Add(time.Hour), 10, sign)
		must(t, err)
		equal(t, "pruned", n, 0)
		w.sealAll(t)
		equal(t, "places", w.places(t, acme, 0, 10), []int64{1})
	}},
	{"old addresses are cut in events and devices, young ones are not", cuts},
}

func cuts(t *testing.T, w *world) {
	d := w.log(t, 6)
	young := w.register(t, "bob", "k2")
	r := decisionOn(young, "young", start.Add(time.Hour))
	r.Event.IPAddress = "198.51.100.200"
	_, err := w.store.PutDecision(w.ctx, r)
	must(t, err)
	w.sealAll(t)
	total := 0
	for range 5 {
		n, err := w.store.CutAddresses(w.ctx, acme, start.Add(30*time.Minute), 3)
		must(t, err)
		if n > 3 {
			t.Fatalf("%d were cut, and the limit is 3", n)
		}
		total += n
	}
	equal(t, "cut", total, 7) // six events, and a device
	list, err := w.store.ListEvents(w.ctx, acme, 0, 10)
	must(t, err)
	var got []string
	for _, e := range list {
		got = append(got, e.IPAddress)
	}
	equal(t, "addresses", got, []string{
		"2001:db8:1::", "203.0.113.0", "2001:db8:1::", "203.0.113.0", "2001:db8:1::", "203.0.113.0", "198.51.100.200",
	})
	equal(t, "device", w.device(t, d.ID).IPAddress, "203.0.113.0")
	equal(t, "young device", w.device(t, young.ID).IPAddress, "198.51.100.200")
	w.verify(t, acme)
}

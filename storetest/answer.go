package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var answers = []story{
	{"an answer is reserved, completed and given again", func(t *testing.T, w *world) {
		a := asked("key")
		got, mine, err := w.store.ReserveAnswer(w.ctx, a, start)
		must(t, err)
		equal(t, "reserved", []any{got, mine}, []any{a, true})
		got, mine, err = w.Replicas[1].ReserveAnswer(w.ctx, a, start)
		must(t, err)
		equal(t, "in progress", []any{got.Status, mine}, []any{0, false})

		a.Status, a.Header, a.Body = 201, []byte(`{"ETag":"1"}`), []byte("{\"x\":1}\x00")
		must(t, w.store.PutAnswer(w.ctx, a))
		again := asked("key")
		again.Payload, again.At = []byte("another request"), start.Add(time.Hour)
		got, mine, err = w.store.ReserveAnswer(w.ctx, again, start.Add(24*time.Hour))
		must(t, err)
		equal(t, "completed", []any{got, mine}, []any{a, false})
	}},
	{"app, caller, operation and key together name an answer", func(t *testing.T, w *world) {
		for _, change := range []func(*symbolon.Answer){
			func(*symbolon.Answer) {},
			func(a *symbolon.Answer) { a.AppID = "other" },
			func(a *symbolon.Answer) { a.Caller = "another" },
			func(a *symbolon.Answer) { a.Operation = "another" },
			func(a *symbolon.Answer) { a.Key = "another" },
			func(a *symbolon.Answer) { a.Caller, a.Operation = a.Caller+a.Operation, "" },
		} {
			a := asked("key")
			change(&a)
			_, mine, err := w.store.ReserveAnswer(w.ctx, a, start)
			must(t, err)
			equal(t, "reserved", mine, true)
		}
	}},
	{"an abandoned reservation is taken over by one of 32", func(t *testing.T, w *world) {
		a := asked("key")
		_, _, err := w.store.ReserveAnswer(w.ctx, a, start)
		must(t, err)
		errTheirs := errors.New("another has it")
		errs := race(32, func(i int) error {
			later := asked("key")
			later.At = start.Add(time.Minute)
			_, mine, err := w.Replicas[i%2].ReserveAnswer(w.ctx, later, start.Add(time.Second))
			if err == nil && !mine {
				err = errTheirs
			}
			return err
		})
		equal(t, "taken over", count(t, errs, errTheirs), 1)
	}},
	{"a reservation that is given up can be had again", func(t *testing.T, w *world) {
		a := asked("key")
		for range 2 {
			_, mine, err := w.store.ReserveAnswer(w.ctx, a, start)
			must(t, err)
			equal(t, "reserved", mine, true)
			must(t, w.store.PutAnswer(w.ctx, a))
		}
		a.Status = 200
		fails(t, w.store.PutAnswer(w.ctx, a), symbolon.ErrNotFound)
	}},
	{"old answers are forgotten in steps", func(t *testing.T, w *world) {
		for _, key := range []string{"a", "b", "c"} {
			_, _, err := w.store.ReserveAnswer(w.ctx, asked(key), start)
			must(t, err)
		}
		for _, want := range []int{2, 1, 0} {
			n, err := w.store.PruneAnswers(w.ctx, start.Add(time.Second), 2)
			must(t, err)
			equal(t, "forgotten", n, want)
		}
	}},
}

func asked(key string) symbolon.Answer {
	return symbolon.Answer{
		AppID: acme, Caller: "backend:cred_1", Operation: "POST /devices", Key: key, Payload: []byte("digest"), UserID: "ann", At: start,
	}
}

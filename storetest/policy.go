package storetest

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

var policies = []story{
	{"policy versions are listed, the latest first, page by page", func(t *testing.T, w *world) {
		none, err := w.store.ListPolicies(w.ctx, acme, 0, 10)
		must(t, err)
		equal(t, "versions before the first", len(none), 0)

		var put []symbolon.PolicyVersion
		for i := range 5 {
			p := symbolon.PolicyVersion{
				AppID: acme, Version: int64(i + 1), Document: []byte(`{ "limits": {"devices": 3} }`),
				At: start.Add(time.Duration(i) * time.Second), By: "admin:cred_1",
			}
			must(t, w.store.PutPolicy(w.ctx, p))
			put = append([]symbolon.PolicyVersion{p}, put...)
		}
		must(t, w.store.PutPolicy(w.ctx, symbolon.PolicyVersion{AppID: "other", Version: 1, Document: []byte(`{}`), At: start}))

		all, err := w.Replicas[1].ListPolicies(w.ctx, acme, 0, 10)
		must(t, err)
		equal(t, "all versions", all, put)
		page, err := w.store.ListPolicies(w.ctx, acme, 4, 2)
		must(t, err)
		equal(t, "two below the fourth", page, put[2:4])
		end, err := w.store.ListPolicies(w.ctx, acme, 1, 10)
		must(t, err)
		equal(t, "versions below the first", len(end), 0)
	}},
}

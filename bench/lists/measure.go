package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon/bench/rig"
)

// kind is one kind of page.
type kind struct {
	name string
	ask  func() string // the path of one request
	far  bool          // the page that is far from the first, not the first

	latencies []time.Duration
	items     int // on the last page that was seen
}

// kinds are all that is measured, each time with other users and keys.
func kinds(o options) (all []kind) {
	draw := rand.New(rand.NewPCG(1, uint64(o.devices))) //nolint:gosec // no secret
	some := func() int { return 1 + draw.IntN(o.devices) }
	user := func() string {
		for {
			if person := some() * 48271 % 2147483647 % (o.devices * 3 / 10); person%10 != 0 {
				return fmt.Sprintf("user-%d", 1000000+person)
			}
		}
	}
	key := func() string { return fmt.Sprintf("k%d", some()*2654435761%4294967291) }
	same := func(path string) func() string { return func() string { return path } }
	with := func(path string, value func() string) func() string {
		return func() string { return path + url.QueryEscape(value()) }
	}
	for _, sort := range []string{"lastUsed", "created", "risk", "name"} {
		all = append(all, kind{name: "by " + sort, ask: same("/devices?sort=" + sort)}, kind{name: "by " + sort, ask: same("/devices?sort=" + sort), far: true})
	}
	month := url.QueryEscape(time.Now().AddDate(0, -1, 0).UTC().Format(time.RFC3339))
	for _, filter := range []string{
		"status=active", "status=pending", "type=mobile", "type=smart_tv", "platform=web", "platform=other", "keyStorage=browser", "keyStorage=software",
		"country=US", "country=IS", "trusted=true", "trusted=false", "riskTo=39", "riskFrom=70", "seenFrom=a month ago", "seenTo=a month ago",
		"country=IS&keyStorage=software&status=blocked&trusted=false&riskFrom=90",
	} {
		query := strings.ReplaceAll(filter, "a month ago", month)
		all = append(all, kind{name: filter, ask: same("/devices?" + query)}, kind{name: filter + ", by name", ask: same("/devices?sort=name&" + query)})
	}
	all = append(all,
		kind{name: "riskFrom=70, by risk", ask: same("/devices?sort=risk&riskFrom=70")},
		kind{name: "search: a user", ask: with("/devices?q=", user)},
		kind{name: "search: a key", ask: with("/devices?q=", key)},
		kind{name: "search: a rare name", ask: same("/devices?q=work+laptop+1")},
		kind{name: "search: nothing", ask: same("/devices?q=no-such-thing")},
		kind{name: "search: a tenth of a key, by risk", ask: same("/devices?q=k10&sort=risk")},
		kind{name: "search: some thousand devices", ask: same("/devices?q=user-10012")},
		kind{name: "search: a common name", ask: same("/devices?q=safari")},
		kind{name: "search: a common name, pending", ask: same("/devices?q=safari&status=pending")},
		kind{name: "search: nearly all users", ask: same("/devices?q=user-&sort=created")},
		kind{name: "search: a rare user and a rare state", ask: with("/devices?status=blocked&q=", user)},
		kind{name: "user=, with 3 devices", ask: with("/devices?user=", user)},
		kind{name: "user=, with 1% of all", ask: same("/devices?sort=risk&user=" + crowded)},
		kind{name: "keyId=", ask: with("/devices?keyId=", key)},
		kind{name: "users", ask: same("/users")}, kind{name: "users", ask: same("/users"), far: true},
		kind{name: "users: search of one", ask: with("/users?q=", user)},
		kind{name: "users: search of many", ask: same("/users?q=user-1")},
		kind{name: "users: with 1% of all", ask: same("/users?q=" + crowded)},
		kind{name: "the devices of a user", ask: func() string { return "/users/" + url.PathEscape(user()) + "/devices" }},
	)
	return all
}

func measure(ctx context.Context, o options, load *rig.Client) ([]kind, error) {
	all := kinds(o)
	for i := range all {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := all[i].turn(o, load); err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].name, err)
		}
	}
	return all, nil
}

// turn asks a few times to warm up, and then as often as is measured.
func (k *kind) turn(o options, load *rig.Client) error {
	cursor := ""
	if k.far {
		var err error
		if cursor, err = far(load, k.ask(), o.page); err != nil {
			return err
		}
	}
	for _, n := range []int{o.connections * 2, o.requests} {
		requests := make([][]byte, n)
		for i := range requests {
			requests[i] = rig.Get(k.ask() + cursor)
		}
		sent, err := load.Send(requests, rig.Expect(http.StatusOK, `"items":`))
		if err != nil {
			return err
		}
		k.latencies = sent.Latencies
	}
	p, err := read(load, k.ask()+cursor)
	k.items = len(p.Items)
	return err
}

// page is what all lists have in common.
type page struct {
	Items      []json.RawMessage `json:"items"`
	NextCursor string            `json:"nextCursor"`
}

// far walks to a page of 50, in steps of four, and gives the query's end that asks for it.
func far(load *rig.Client, path string, number int) (string, error) {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	cursor := ""
	for range number / 4 {
		p, err := read(load, path+separator+"limit=200"+cursor)
		if err != nil {
			return "", err
		}
		if p.NextCursor == "" {
			return "", fmt.Errorf("the list ends before page %d", number)
		}
		cursor = "&cursor=" + url.QueryEscape(p.NextCursor)
	}
	return strings.Replace(cursor, "&", separator, 1), nil
}

func read(load *rig.Client, path string) (p page, err error) {
	_, err = load.Send([][]byte{rig.Get(path)}, func(_ int, a rig.Answer) error {
		if a.Status != http.StatusOK {
			return fmt.Errorf("the server answered %d %s", a.Status, a.Body)
		}
		return json.Unmarshal(a.Body, &p)
	})
	return p, err
}

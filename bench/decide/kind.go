package main

import (
	"math/rand/v2"
	"net/http"

	"github.com/symbolon-id/symbolon/bench/rig"
)

// kind is one kind of request, measured on one server.
type kind struct {
	name    string
	on      *house
	prepare func(n int) ([][]byte, error)
	status  int
	says    string // in every answer
	events  int    // that each request writes
	beside  string // the kind that it is compared with
	least   float64
	aim     float64
}

const (
	floorName = "floor: HTTP and one signature check"
	emptyName = "empty handler"
)

// kinds are all that is measured, in the order of their turns.
func kinds(h *houses, o options) []kind {
	all := []kind{
		{
			name: floorName, on: h.floor, status: http.StatusOK, says: `"valid":true`,
			prepare: func(n int) ([][]byte, error) { return h.floor.Verifications(some(n, min(o.devices, floorKeys))) },
		},
		{
			name: emptyName, on: h.floor, status: http.StatusOK, says: "answer",
			prepare: func(n int) ([][]byte, error) { return rig.Empty(n), nil },
		},
	}
	all = append(all, ofStore("SQLite", h.sqlite, o, 0.60, 0.70)...)
	if h.postgres != nil {
		all = append(all, ofStore("PostgreSQL", h.postgres, o, 0.33, 0.40)...)
	}
	return all
}

func ofStore(store string, h *house, o options, least, aim float64) []kind {
	newcomers := o.devices // numbers from here on are of devices that are not there yet
	decide := kind{
		name: "decision, " + store, on: h, status: http.StatusOK, says: `"recommendation":"TRUST"`, events: 1,
		prepare: func(n int) ([][]byte, error) { return h.Decisions(some(n, o.devices), false) },
		beside:  floorName, least: least, aim: aim,
	}
	withToken := decide
	withToken.name, withToken.says, withToken.least, withToken.aim = decide.name+", with token", `"deviceToken":"`, 0, 0
	withToken.prepare = func(n int) ([][]byte, error) { return h.Decisions(some(n, o.devices), true) }
	kinds := []kind{
		decide, withToken,
		{
			name: "registration, " + store, on: h, status: http.StatusCreated, says: `"deviceId":"`, events: 1, beside: floorName,
			prepare: func(n int) ([][]byte, error) {
				newcomers += n
				return h.Registrations(between(newcomers-n, newcomers))
			},
		},
		{
			name: "list of 5 devices, " + store, on: h, status: http.StatusOK, says: `"items":[{`, beside: floorName,
			prepare: func(n int) ([][]byte, error) { return rig.Lists(some(n, o.devices)), nil },
		},
	}
	if store == "SQLite" {
		kinds[2].least, kinds[3].least = 0.5, 0.7
		kinds = append(kinds, kind{
			name: "challenge", on: h, status: http.StatusOK, says: `"challenge":"`, beside: emptyName, least: 0.8,
			prepare: func(n int) ([][]byte, error) { return rig.Challenges(n), nil },
		})
	}
	return kinds
}

// some draws devices, so that no order in the store helps. The draw is the same each time.
func some(n, devices int) []int {
	draw := rand.New(rand.NewPCG(1, uint64(devices))) //nolint:gosec // no secret
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = draw.IntN(devices)
	}
	return numbers
}

func between(first, end int) []int {
	numbers := make([]int, 0, end-first)
	for i := first; i < end; i++ {
		numbers = append(numbers, i)
	}
	return numbers
}

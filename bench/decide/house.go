package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/symbolon-id/symbolon/bench/rig"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// floorKeys bounds the keys that the floor holds in memory.
const floorKeys = 10_000

// house is a server under test, with connections to it.
type house struct {
	*rig.Client
	process *rig.Process
	pids    func() []int // whose time counts
}

// houses are the servers that are compared.
type houses struct {
	floor, sqlite, postgres *house // postgres is nil where it was left out
	ends                    []func() error
}

func open(ctx context.Context, o options, out io.Writer) (h *houses, err error) {
	h = &houses{}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	folder, err := os.MkdirTemp(o.data, "symbolon-bench")
	if err != nil {
		return h, err
	}
	h.ends = append(h.ends, func() error { return os.RemoveAll(folder) })
	small := sqlstore.Config{Path: filepath.Join(folder, "floor.db")}
	large := sqlstore.Config{Path: filepath.Join(folder, "symbolon.db")}
	// All are filled before the first is dialled, which would not wait that long.
	if err := errors.Join(fill(ctx, out, rig.DevicesPerUser, small), fill(ctx, out, o.devices, large)); err != nil {
		return h, err
	}
	var server *pgtest.Server
	var remote sqlstore.Config
	if !o.sqliteOnly {
		if server, remote.URL, err = pgtest.Durable(); err != nil {
			return h, err
		}
		h.ends = append(h.ends, server.Close)
		if err := fill(ctx, out, o.devices, remote); err != nil {
			return h, err
		}
	}
	if h.floor, err = h.add(ctx, o, small, min(o.devices, floorKeys)); err != nil {
		return h, err
	}
	if h.sqlite, err = h.add(ctx, o, large, 0); err != nil || o.sqliteOnly {
		return h, err
	}
	if h.postgres, err = h.add(ctx, o, remote, 0); err != nil {
		return h, err
	}
	pid, err := server.PID()
	h.postgres.pids = func() []int { return append(rig.Family(pid), h.postgres.process.PID) }
	return h, err
}

func fill(ctx context.Context, out io.Writer, devices int, where sqlstore.Config) error {
	began := time.Now()
	err := rig.Fill(ctx, where, devices, func(n int) {
		if n%100_000 == 0 {
			fmt.Fprintf(out, "%d devices are there after %s\n", n, time.Since(began).Round(time.Second))
		}
	})
	if err != nil {
		return fmt.Errorf("filling the store: %w", err)
	}
	return nil
}

// add starts a server over a store that was filled, with a floor over that many keys.
func (h *houses) add(ctx context.Context, o options, where sqlstore.Config, floor int) (*house, error) {
	process, err := rig.Start(ctx, where, floor)
	if err != nil {
		return nil, err
	}
	h.ends = append(h.ends, process.Stop)
	client, err := rig.Dial(process.Address, o.connections)
	if err != nil {
		return nil, err
	}
	h.ends = append(h.ends, client.Close)
	return &house{Client: client, process: process, pids: func() []int { return []int{process.PID} }}, nil
}

func (h *houses) close() error {
	var errs []error
	for i := len(h.ends) - 1; i >= 0; i-- {
		errs = append(errs, h.ends[i]())
	}
	return errors.Join(errs...)
}

// Command footprint measures what the service takes of a machine: the size of its
// binary, how soon it is ready, its memory at rest and under load, and the disk that
// decisions need, before and after retention swept it.
//
//	go run ./bench/footprint                    10,000 devices
//	go run ./bench/footprint -devices 1000000   as many as a large app has
//	go run ./bench/footprint -quick             whether all of it still runs, in seconds
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/symbolon-id/symbolon/bench/rig"
	"github.com/symbolon-id/symbolon/sqlstore"
)

const (
	database    = "symbolon.db" // as `symbolon serve` names it
	connections = 32
	slice       = 8000 // decisions whose proofs are signed at once
)

// options are what a run can be told.
type options struct {
	devices, decisions int
	data               string
	rest               time.Duration
}

func main() { rig.Command[options]{Name: "footprint", Parse: parse, Run: measure}.Main() }

func parse(args []string, out io.Writer) (options, error) {
	var o options
	var quick bool
	f := flag.NewFlagSet("footprint", flag.ContinueOnError)
	f.SetOutput(out)
	f.BoolVar(&quick, "quick", false, "see in a few seconds that all of it runs; its figures say little")
	f.IntVar(&o.devices, "devices", 10_000, "devices in the store")
	f.IntVar(&o.decisions, "decisions", 100_000, "decisions to make")
	f.StringVar(&o.data, "data", "", "a folder on the disk to measure; a temporary one where absent")
	f.DurationVar(&o.rest, "rest", 5*time.Second, "how long a service that was just started is left alone before it is looked at")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if quick {
		o.devices, o.decisions, o.rest = 1000, 2000, 100*time.Millisecond
	}
	if o.devices < 1 || o.decisions < 1 || f.NArg() > 0 {
		return o, errors.New("devices and decisions are at least 1, and there are no other arguments")
	}
	return o, nil
}

func measure(ctx context.Context, o options, out io.Writer) (err error) {
	folder, err := os.MkdirTemp(o.data, "symbolon-footprint")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b, err := build(ctx, folder)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "binary                        %s, %s\n", megabytes(b.size), b.linking)
	h := house{options: o, out: out, binary: b.path, folder: filepath.Join(folder, "data")}
	if err := os.Mkdir(h.folder, 0o700); err != nil {
		return err
	}
	if err := h.atRest(ctx, "a new database"); err != nil {
		return err
	}
	if err := h.fill(ctx); err != nil {
		return err
	}
	if err := h.atRest(ctx, fmt.Sprintf("%d devices", o.devices)); err != nil {
		return err
	}
	return h.disks(ctx)
}

// house is a data folder and the binary that serves it.
type house struct {
	options
	out            io.Writer
	binary, folder string
}

func (h house) store() sqlstore.Config {
	return sqlstore.Config{Path: filepath.Join(h.folder, database)}
}

// fill begins anew, with the devices.
func (h house) fill(ctx context.Context) error {
	if err := os.RemoveAll(h.store().Path); err != nil {
		return err
	}
	if err := rig.Fill(ctx, h.store(), h.devices, func(int) {}); err != nil {
		return err
	}
	filled, err := h.disk()
	fmt.Fprintf(h.out, "disk, for each device         %.0f bytes\n", float64(filled)/float64(h.devices))
	return err
}

// disk is the size of what the stopped service leaves.
func (h house) disk() (int64, error) {
	var sum int64
	files, err := os.ReadDir(h.folder)
	for _, f := range files {
		info, failed := f.Info()
		if failed != nil {
			return 0, failed
		}
		sum += info.Size()
	}
	return sum, err
}

// atRest starts the service, and looks at it while it has nothing to do.
func (h house) atRest(ctx context.Context, over string) error {
	began := time.Now()
	p, client, err := h.start(ctx)
	if err != nil {
		return err
	}
	took := time.Since(began)
	select {
	case <-time.After(h.rest):
	case <-ctx.Done():
	}
	now, _, err := rig.Memory(p.PID)
	fmt.Fprintf(h.out, "start to ready                %.0f ms, %s\n", float64(took.Microseconds())/1000, over)
	fmt.Fprintf(h.out, "memory at rest                %s, %s\n", megabytes(now), over)
	return errors.Join(err, client.Close(), p.Stop())
}

func (h house) start(ctx context.Context) (*rig.Process, *rig.Client, error) {
	p, err := rig.StartBinary(ctx, h.binary, h.folder)
	if err != nil {
		return nil, nil, err
	}
	client, err := rig.Dial(p.Address, connections)
	if err != nil {
		return nil, nil, errors.Join(err, p.Stop())
	}
	return p, client, nil
}

// work makes decisions, and looks at the most memory that they took.
func (h house) work(ctx context.Context) error {
	p, client, err := h.start(ctx)
	if err != nil {
		return err
	}
	err = decide(client, h.devices, h.decisions)
	_, most, failed := rig.Memory(p.PID)
	if err := errors.Join(err, failed, client.Close(), p.Stop()); err != nil {
		return err
	}
	fmt.Fprintf(h.out, "memory under load, at most    %s, %d connections, %d devices\n", megabytes(most), connections, h.devices)
	return nil
}

func decide(client *rig.Client, devices, decisions int) error {
	draw := rand.New(rand.NewPCG(1, uint64(devices))) //nolint:gosec // no secret
	for left := decisions; left > 0; left -= slice {
		numbers := make([]int, min(slice, left))
		for i := range numbers {
			numbers[i] = draw.IntN(devices)
		}
		requests, err := client.Decisions(numbers, false)
		if err != nil {
			return err
		}
		if _, err := client.Send(requests, rig.Expect(http.StatusOK, `"recommendation":"TRUST"`)); err != nil {
			return err
		}
	}
	return client.Settle(decisions)
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }

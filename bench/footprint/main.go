// Command footprint measures what the service takes of a machine: the size of its
// binary, how soon it is ready, its memory at rest and under load, and the disk that
// decisions need.
//
//	go run ./bench/footprint                    10,000 devices
//	go run ./bench/footprint -devices 1000000   as many as a large app has
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
	"os/signal"
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

func main() {
	devices := flag.Int("devices", 10_000, "devices in the store")
	decisions := flag.Int("decisions", 100_000, "decisions to make")
	data := flag.String("data", "", "a folder on the disk to measure; a temporary one where absent")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, os.Stdout, *data, *devices, *decisions); err != nil {
		fmt.Fprintln(os.Stderr, "footprint:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, out io.Writer, parent string, devices, decisions int) (err error) {
	folder, err := os.MkdirTemp(parent, "symbolon-footprint")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b, err := build(ctx, folder)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "binary                        %s, %s\n", megabytes(b.size), b.linking)
	h := house{binary: b.path, data: filepath.Join(folder, "data")}
	if err := os.Mkdir(h.data, 0o700); err != nil {
		return err
	}
	if err := h.rest(ctx, out, "a new database"); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(h.data, database)); err != nil {
		return err
	}
	where := sqlstore.Config{Path: filepath.Join(h.data, database)}
	if err := rig.Fill(ctx, where, devices, func(int) {}); err != nil {
		return err
	}
	filled, err := h.disk()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "disk, for each device         %.0f bytes\n", float64(filled)/float64(devices))
	if err := h.rest(ctx, out, fmt.Sprintf("%d devices", devices)); err != nil {
		return err
	}
	return h.work(ctx, out, devices, decisions)
}

// house is a data folder and the binary that serves it.
type house struct{ binary, data string }

// disk is the size of what the stopped service leaves.
func (h house) disk() (int64, error) {
	var sum int64
	files, err := os.ReadDir(h.data)
	for _, f := range files {
		info, failed := f.Info()
		if failed != nil {
			return 0, failed
		}
		sum += info.Size()
	}
	return sum, err
}

// restTime is how long a service that was just started is left alone before it is looked at.
const restTime = 5 * time.Second

// rest starts the service, and looks at it while it has nothing to do.
func (h house) rest(ctx context.Context, out io.Writer, over string) error {
	began := time.Now()
	p, client, err := h.start(ctx)
	if err != nil {
		return err
	}
	took := time.Since(began)
	select {
	case <-time.After(restTime):
	case <-ctx.Done():
	}
	now, _, err := rig.Memory(p.PID)
	fmt.Fprintf(out, "start to ready                %.0f ms, %s\n", float64(took.Microseconds())/1000, over)
	fmt.Fprintf(out, "memory at rest                %s, %s\n", megabytes(now), over)
	return errors.Join(err, client.Close(), p.Stop())
}

func (h house) start(ctx context.Context) (*rig.Process, *rig.Client, error) {
	p, err := rig.StartBinary(ctx, h.binary, h.data)
	if err != nil {
		return nil, nil, err
	}
	client, err := rig.Dial(p.Address, connections)
	if err != nil {
		return nil, nil, errors.Join(err, p.Stop())
	}
	return p, client, nil
}

// work makes decisions, and looks at the most memory and at the disk that they took.
func (h house) work(ctx context.Context, out io.Writer, devices, decisions int) error {
	before, err := h.disk()
	if err != nil {
		return err
	}
	p, client, err := h.start(ctx)
	if err != nil {
		return err
	}
	err = decide(client, devices, decisions)
	_, most, failed := rig.Memory(p.PID)
	if err := errors.Join(err, failed, client.Close(), p.Stop()); err != nil {
		return err
	}
	after, err := h.disk()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "memory under load, at most    %s, %d connections, %d devices\n", megabytes(most), connections, devices)
	fmt.Fprintf(out, "disk, for a million decisions %s, from %d\n", megabytes((after-before)*1_000_000/int64(decisions)), decisions)
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

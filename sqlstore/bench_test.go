package sqlstore_test

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// bench runs f on both databases with 1,000 devices in them. Each database is as durable
// as it is in service, but for the PostgreSQL of the tests, which runs with fsync off.
func bench(b *testing.B, f func(b *testing.B, s *sqlstore.Store, devices []symbolon.Device)) {
	for name, fresh := range map[string]func() sqlstore.Config{
		"sqlite":   func() sqlstore.Config { return sqlstore.Config{Path: filepath.Join(b.TempDir(), "bench.db")} },
		"postgres": func() sqlstore.Config { return sqlstore.Config{URL: pgtest.Database(b)} },
	} {
		b.Run(name, func(b *testing.B) {
			s := open(b, fresh())
			devices := make([]symbolon.Device, 1000)
			if err := s.Tx(b.Context(), func(s symbolon.Store) error {
				for i := range devices {
					devices[i] = device(b, s, symbolon.UserID(fmt.Sprint("user", i/5)), symbolon.KeyID(fmt.Sprint("key", i)))
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			f(b, s, devices)
		})
	}
}

var spends atomic.Uint64

// newSpend begins with an expiry, as those of challenges do, so that the index appends.
func newSpend() string {
	key := binary.BigEndian.AppendUint64(nil, uint64(time.Now().Unix())) //nolint:gosec // after 1970
	return string(binary.BigEndian.AppendUint64(key, spends.Add(1)))
}

func BenchmarkGetIdentity(b *testing.B) {
	bench(b, func(b *testing.B, s *sqlstore.Store, devices []symbolon.Device) {
		var n atomic.Uint64
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				d := devices[n.Add(1)%1000]
				if id, err := s.GetIdentity(b.Context(), d.AppID, d.UserID, d.KeyID); err != nil || id.Device == nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkPutDecision(b *testing.B) {
	bench(b, func(b *testing.B, s *sqlstore.Store, devices []symbolon.Device) {
		var n atomic.Uint64
		b.SetParallelism(16)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if _, err := s.PutDecision(b.Context(), decision(devices[n.Add(1)%1000], newSpend())); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkPutDeviceInTx(b *testing.B) {
	bench(b, func(b *testing.B, s *sqlstore.Store, _ []symbolon.Device) {
		var n atomic.Uint64
		b.SetParallelism(16)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				i := n.Add(1)
				device(b, s, symbolon.UserID(fmt.Sprint("new", i)), symbolon.KeyID(fmt.Sprint("new", i)))
			}
		})
	})
}

func BenchmarkListUserDevices(b *testing.B) {
	bench(b, func(b *testing.B, s *sqlstore.Store, devices []symbolon.Device) {
		for i := range b.N {
			if list, err := s.ListUserDevices(b.Context(), "app", devices[i%1000].UserID); err != nil || len(list) != 5 {
				b.Fatal(len(list), err)
			}
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	bench(b, func(b *testing.B, s *sqlstore.Store, devices []symbolon.Device) {
		for i := range b.N {
			if _, err := s.PutDecision(b.Context(), decision(devices[i%1000], newSpend())); err != nil {
				b.Fatal(err)
			}
		}
		b.ResetTimer()
		for sealed := 0; sealed < b.N; {
			r, err := s.Seal(b.Context(), time.Now(), 256)
			if err != nil {
				b.Fatal(err)
			}
			sealed += r.Sealed
		}
	})
}

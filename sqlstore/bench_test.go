package sqlstore_test

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
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

// What SQLite remembers costs no read.
func BenchmarkGetStanding(b *testing.B) {
	bench(b, func(b *testing.B, s *sqlstore.Store, devices []symbolon.Device) {
		var n atomic.Uint64
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				d := devices[n.Add(1)%1000]
				if st, err := s.GetStanding(b.Context(), d.AppID, d.ID); err != nil || st.Device.Version != d.Version {
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

// crowd puts as much around a device as an identity may come with.
func crowd(b *testing.B, s symbolon.Store, d symbolon.Device) {
	for i := range 8 {
		d.History = d.History.With(symbolon.Place{Country: "PT", Latitude: 38.7219, Longitude: -9.1398, Radius: 20, ASN: 64500 + uint32(i)}, //nolint:gosec // small
			d.CreatedAt.Add(time.Duration(i)*time.Hour))
		d.ID, d.KeyID, d.Version, d.Status = symbolon.NewDeviceID(), symbolon.KeyID(fmt.Sprint(d.UserID, i)), 0, symbolon.StatusActive
		if i > 0 {
			d.Status, d.Block = symbolon.StatusBlocked, &symbolon.Block{At: d.CreatedAt, Before: symbolon.StatusActive}
		}
		d.ManufacturerID, d.Traits = strings.Repeat("m", 43), strings.Repeat("trait.123456,", 30)
		if _, err := s.PutDevice(b.Context(), d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetIdentityInACrowd(b *testing.B) {
	bench(b, func(b *testing.B, s *sqlstore.Store, devices []symbolon.Device) {
		crowd(b, s, devices[0])
		b.ResetTimer()
		for range b.N {
			id, err := s.GetIdentity(b.Context(), "app", devices[0].UserID, symbolon.KeyID(fmt.Sprint(devices[0].UserID, 0)))
			if err != nil || len(id.Around.Blocked) != 7 {
				b.Fatal(len(id.Around.Blocked), err)
			}
		}
	})
}

// Where no place is known, decisions are alike.
func BenchmarkSealAlike(b *testing.B) {
	benchSeal(b, func(int) string {
		return `{"recommendation":"ALLOW","secondFactor":"require","proofResult":"valid","action":"login","known":true,"trusted":false,"score":0}`
	})
}

// At the worst, every decision is from another place than the one before.
func BenchmarkSealMoving(b *testing.B) {
	benchSeal(b, func(n int) string {
		return fmt.Sprintf(`{"recommendation":"ALLOW","secondFactor":"require","proofResult":"valid","action":"login","known":true,"trusted":false,
			"score":23,"reasons":[{"code":"not_trusted"},{"code":"new_network","weight":100},{"code":"private_browsing","weight":100}],
			"place":{"location":"Lisbon, Portugal","country":"PT","latitude":38.7219,"longitude":-9.1398,"radius":20,"asn":%d},"moved":true}`, 64500+n%100)
	})
}

func benchSeal(b *testing.B, data func(n int) string) {
	bench(b, func(b *testing.B, s *sqlstore.Store, devices []symbolon.Device) {
		if err := s.Tx(b.Context(), func(s symbolon.Store) error {
			for n := range b.N {
				r := decision(devices[n%1000], newSpend())
				r.Event.Data = []byte(data(n))
				if _, err := s.PutDecision(b.Context(), r); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		b.ResetTimer()
		for n := 0; n < b.N; {
			r, err := s.Seal(b.Context(), time.Now(), 256)
			if err != nil {
				b.Fatal(err)
			}
			n += r.Sealed
		}
	})
}

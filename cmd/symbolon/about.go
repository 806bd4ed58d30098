package main

import (
	"context"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// about is what the program knows of itself, for who administers it. It names files and
// not their folders, and nothing of how the database is reached.
func about(ctx context.Context, c serviceConfig, store *sqlstore.Store, started time.Time) symbolon.Surroundings {
	s := symbolon.Surroundings{
		Version: buildVersion(), Go: runtime.Version(), StartedAt: started,
		Database: symbolon.DatabaseStatus{Kind: "SQLite"}, Places: []symbolon.PlaceFile{},
	}
	if c.database != "" {
		s.Database.Kind = "PostgreSQL"
	}
	if r, err := store.Inspect(ctx); err != nil {
		c.log.Error("the database does not tell of itself", "error", err)
		s.Database.Detail = "it does not answer"
	} else {
		s.Database.OK, s.Database.Version, s.Database.Schema, s.Database.Size = true, r.Version, r.Schema, r.Size
	}
	for _, f := range c.places.About() {
		s.Places = append(s.Places, symbolon.PlaceFile{
			Kind: strings.TrimPrefix(f.Setting, "geoip."), File: filepath.Base(f.Path), Holds: f.Holds, BuiltAt: f.Built, LoadedAt: f.Read,
		})
	}
	return s
}

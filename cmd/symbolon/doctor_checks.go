package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/symbolon-id/symbolon/sqlstore"
)

func (d *doctor) configuration(context.Context) {
	if err := d.check(); err != nil {
		d.fail("configuration", "correct it: the service does not start with it", "%v", err)
		return
	}
	from := "flags, variables and defaults"
	if d.Config != "" {
		from += ", and " + d.Config
	}
	d.ok("configuration", "every setting has a value that is allowed, from %s", from)
}

func (d *doctor) secrets(context.Context) {
	fromEnv, err := secretsFromEnv()
	for _, bearer := range []string{envAdminKey, envMetricsKey} {
		if err == nil {
			_, err = keyFromEnv(bearer)
		}
	}
	if err != nil {
		d.fail("secret", "set it as the message says", "%v", err)
		return
	}
	if d.Database != "" {
		if len(fromEnv) == 0 {
			d.fail("secret", "set it to the same text on every replica; openssl rand -base64 32 makes one", "%s is not set, and PostgreSQL needs it", envSecret)
			return
		}
		d.ok("secret", "%s is set, with %s", envSecret, count(len(fromEnv)-1, "earlier one"))
		return
	}
	path := filepath.Join(d.Data, keyFileName)
	kept, err := readKeyFile(path)
	switch {
	case err == nil:
		d.ok("secret", "the key file %s is its owner's alone and holds %s", path, count(len(kept), "secret"))
	case !errors.Is(err, fs.ErrNotExist):
		d.fail("secret", "if it may have been read, rotate the secret too: symbolon secret rotate", "%v", err)
	case len(fromEnv) > 0:
		d.ok("secret", "%s is set, with %s", envSecret, count(len(fromEnv)-1, "earlier one"))
	case exists(filepath.Join(d.Data, databaseName)):
		d.fail("secret", "restore the key file from a backup, or set "+envSecret, "there is a database, but neither %s nor the key file %s", envSecret, path)
	default:
		d.ok("secret", "the first start makes the key file %s", path)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (d *doctor) folder(context.Context) {
	if d.Database != "" {
		return
	}
	info, err := os.Stat(d.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.warn("data folder", "give the right --data, unless the service never ran", "%s is not there", d.Data)
	case err != nil:
		d.fail("data folder", "let this user read it", "%v", err)
	case !info.IsDir():
		d.fail("data folder", "give a folder as --data", "%s is no folder", d.Data)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		d.warn("data folder", "chmod 700 "+d.Data, "%s is open to others (mode %04o)", d.Data, info.Mode().Perm())
	default:
		d.ok("data folder", "%s is its owner's alone", d.Data)
	}
}

// databaseTime is how long a database may take to answer.
const databaseTime = 10 * time.Second

func (d *doctor) database(ctx context.Context) {
	where := sqlstore.Config{URL: d.Database}
	if d.Database == "" {
		where.Path = filepath.Join(d.Data, databaseName)
		if !exists(where.Path) {
			d.ok("database", "the first start makes %s", where.Path)
			return
		}
	}
	ctx, cancel := context.WithTimeout(ctx, databaseTime)
	defer cancel()
	store, err := sqlstore.OpenReadOnly(ctx, where)
	if err == nil {
		d.store = store
		d.about, err = store.Inspect(ctx)
	}
	kind := d.databaseKind()
	switch a := d.about; {
	case err != nil:
		d.fail("database", "see that it runs, and that this user may use it", "%s can't be read: %v", kind, err)
	case a.Schema > a.Known:
		d.fail("database", "start the newer program, or restore a backup from before", "its schema has version %d, and this program knows versions up to %d", a.Schema, a.Known)
	case a.Schema < a.Known:
		d.warn("database", "back it up: the next start brings it up to date", "%s %s answers; its schema has version %d of %d", kind, a.Version, a.Schema, a.Known)
	default:
		d.ok("database", "%s %s answers; its schema has version %d, its size is %s", kind, a.Version, a.Schema, bytesOf(a.Size))
	}
}

// Clocks may differ by this much before anything is wrong, and before anything breaks:
// an assertion may come from up to a minute ahead.
const (
	clockWarn = 2 * time.Second
	clockFail = 30 * time.Second
)

func (d *doctor) clock(context.Context) {
	now := time.Now()
	if year := now.Year(); year < 2025 {
		d.fail("clock", "set it, and let NTP keep it", "it says %s", now.Format(time.RFC3339))
		return
	}
	against := map[string]time.Time{}
	if !d.about.Clock.IsZero() {
		against["the database's"] = d.about.Clock
	}
	if t, err := fileClock(d.Data); err == nil && d.Database == "" {
		against["the file system's"] = t
	}
	var furthest time.Duration
	whose := "none other was there to compare with"
	for name, t := range against {
		if off := now.Sub(t).Abs(); off >= furthest {
			furthest, whose = off, fmt.Sprintf("it differs from %s by %s", name, off.Round(time.Millisecond))
		}
	}
	switch {
	case furthest > clockFail:
		d.fail("clock", "let NTP keep both: tickets and challenges end by it", "%s", whose)
	case furthest > clockWarn:
		d.warn("clock", "let NTP keep both", "%s", whose)
	default:
		d.ok("clock", "%s", whose)
	}
}

// fileClock is when the file system says that a new file was written.
func fileClock(folder string) (time.Time, error) {
	f, err := os.CreateTemp(folder, "clock.*")
	if err != nil {
		return time.Time{}, err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString("now")
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr, f.Close()); err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// Space that should be free: for some time of writing, and at the least.
const (
	diskWarn = 1 << 30
	diskFail = 100 << 20
)

func (d *doctor) disk(context.Context) {
	if d.Database != "" || !exists(d.Data) {
		return
	}
	free, err := freeSpace(d.Data)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return
	case err != nil:
		d.warn("disk", "look at it by other means", "how much is free in %s can't be told: %v", d.Data, err)
	case free < diskFail:
		d.fail("disk", "make room: without it nothing can be decided", "%s are free in %s", bytesOf(free), d.Data)
	case free < max(diskWarn, d.about.Size):
		d.warn("disk", "make room, for a backup too", "%s are free in %s, and the database has %s", bytesOf(free), d.Data, bytesOf(d.about.Size))
	default:
		d.ok("disk", "%s are free in %s", bytesOf(free), d.Data)
	}
}

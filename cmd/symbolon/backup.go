package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/sqlstore"
)

// dataFolder is a SQLite service's, on this machine.
type dataFolder struct {
	Data     string `name:"data" default:"./data" env:"SYMBOLON_DATA" placeholder:"DIR" help:"The service's data folder. Default: ${default}."`
	Database string `env:"SYMBOLON_DATABASE" hidden:""`
}

func (f dataFolder) check(verb string) error {
	if f.Database != "" {
		return invalid("database", "is PostgreSQL, which has its own means: %s it with those, such as pg_dump and pg_restore", verb)
	}
	return nil
}

func (f dataFolder) database() string { return filepath.Join(f.Data, databaseName) }
func (f dataFolder) keyFile() string  { return filepath.Join(f.Data, keyFileName) }

type backupCommand struct {
	dataFolder `embed:""`
	output     `embed:""`
	To         string `arg:"" name:"folder" type:"path" help:"A new folder for the backup."`
	Replace    bool   `help:"Take the place of an earlier backup in the folder, once the new one is checked."`
	WithoutKey bool   `help:"Leave out the key file: kept apart, a backup alone opens nothing."`
}

// backedUp is what a backup holds.
type backedUp struct {
	Folder string `json:"folder"`
	Key    bool   `json:"key"`
	examined
}

func (c *backupCommand) Run(ctx context.Context, m *Main) error {
	if err := c.check("back up"); err != nil {
		return err
	}
	secrets, err := neededSecretsOf(c.Data)
	if err != nil {
		return err
	}
	made := backedUp{Folder: c.To}
	err = intoFolder(c.To, c.Replace, func(folder string) error {
		if made.Key, err = c.copy(ctx, m, folder); err == nil {
			made.examined, err = examine(ctx, m, filepath.Join(folder, databaseName), secrets)
		}
		if err != nil {
			return fmt.Errorf("the backup in %s is not good: %w", folder, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.one(m, made, func(w io.Writer) {
		fmt.Fprintf(w, "Backed up %s with %s of %s to %s, and checked it.\n", bytesOf(made.Size), count(made.events(), "sealed event"), count(len(made.Logs), "app"), c.To)
		if made.Key {
			fmt.Fprintln(w, "It holds the key file: who has the backup can speak as the service.")
		}
	})
}

// copy makes the files of a backup, and tells whether the key file is among them.
func (c *backupCommand) copy(ctx context.Context, m *Main, folder string) (key bool, err error) {
	to := filepath.Join(folder, databaseName)
	stop := m.watchSize("backing up", to, c.database())
	err = sqlstore.Backup(ctx, c.database(), to)
	stop()
	if err != nil || c.WithoutKey {
		return false, err
	}
	kept, err := readKeyFile(c.keyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // the secret is a variable
	}
	if err != nil {
		return false, err
	}
	return true, replaceKeyFile(filepath.Join(folder, keyFileName), kept)
}

// watchSize shows how a file grows to the size of another, until stop is called.
func (m *Main) watchSize(what, path, like string) (stop func()) {
	whole, err := os.Stat(like)
	if err != nil {
		return func() {}
	}
	shown := m.newProgress(what, whole.Size())
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		defer shown.end()
		tick := time.NewTicker(drawEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if info, err := os.Stat(path); err == nil {
					shown.at(info.Size())
				}
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-ended }
}

// examined is what was found in a database that is whole.
type examined struct {
	Size int64      `json:"size"`
	Logs []verified `json:"logs"`
}

func (e examined) events() (n int) {
	for _, log := range e.Logs {
		n += int(log.Events)
	}
	return n
}

// examine checks a SQLite database whole: its pages, its schema, and each app's log.
func examine(ctx context.Context, m *Main, path string, secrets [][]byte) (examined, error) {
	store, err := sqlstore.OpenReadOnly(ctx, sqlstore.Config{Path: path})
	if err != nil {
		return examined{}, err
	}
	defer store.Close()
	if err := store.CheckIntegrity(ctx); err != nil {
		return examined{}, err
	}
	about, err := store.Inspect(ctx)
	switch {
	case err != nil:
		return examined{}, err
	case about.Schema == 0:
		return examined{}, fmt.Errorf("%s is no database of Symbolon", path)
	case about.Schema > about.Known:
		return examined{}, fmt.Errorf("its schema has version %d, and this program knows versions up to %d: use the newer program", about.Schema, about.Known)
	}
	reader, err := registry.New(registry.Config{Store: store, Secrets: secrets, PublicURL: "read-only"})
	if err != nil {
		return examined{}, err
	}
	found := examined{Size: about.Size}
	found.Logs, err = verifyAll(ctx, m, reader)
	return found, err
}

// verifyAll verifies every app's log, and fails at the first that is not intact.
func verifyAll(ctx context.Context, m *Main, r *registry.Registry) ([]verified, error) {
	self := symbolon.Caller{Kind: symbolon.CallerSystem, At: time.Now()}
	logs := []verified{}
	after := symbolon.AppID("")
	for {
		apps, err := r.ListApps(ctx, self, after, registry.MaxPage)
		if err != nil || len(apps) == 0 {
			return logs, err
		}
		for _, app := range apps {
			after = app.ID
			log, err := verifyLog(ctx, m, app.ID, func(ctx context.Context, cursor string) (symbolon.LogCheck, error) {
				return r.VerifyLogPart(ctx, self, app.ID, cursor)
			})
			if err != nil {
				return nil, err
			}
			if logs = append(logs, log); !log.Intact {
				return logs, fmt.Errorf("the log of the app %s: %s", log.App, log.Problem)
			}
		}
	}
}

// bytesOf is a size as people say it.
func bytesOf(n int64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB"}
	size, i := float64(n), 0
	for ; size >= 1000 && i < len(units)-1; i++ {
		size /= 1000
	}
	if i == 0 {
		return fmt.Sprintf("%d %s", n, units[0])
	}
	return fmt.Sprintf("%.1f %s", size, units[i])
}

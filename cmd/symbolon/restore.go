package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/sqlstore"
)

type restoreCommand struct {
	dataFolder `embed:""`
	output     `embed:""`
	confirmed  `embed:""`
	From       string `arg:"" name:"folder" type:"path" help:"A folder that symbolon backup made."`
}

// restored is what a restore did.
type restored struct {
	Data string `json:"data"`
	Kept string `json:"kept,omitempty"`
	examined
}

func (c *restoreCommand) Run(ctx context.Context, m *Main) error {
	if err := c.check("restore"); err != nil {
		return err
	}
	keys, err := c.keys()
	if err != nil {
		return err
	}
	from := filepath.Join(c.From, databaseName)
	if _, err := examine(ctx, m, from, keys); err != nil {
		return fmt.Errorf("the backup in %s is not good, and nothing was changed: %w", c.From, err)
	}
	if err := c.ask(ctx, m, "This puts the backup in the place of the data in %s. What was done since the backup no longer counts: blocks too.", c.Data); err != nil {
		return err
	}
	if err := makeFolder(c.Data); err != nil {
		return err
	}
	return c.restore(ctx, m, from, keys)
}

func (c *restoreCommand) restore(ctx context.Context, m *Main, from string, keys [][]byte) error {
	done := restored{Data: c.Data}
	keep := c.database() + ".before-" + time.Now().UTC().Format("20060102T150405.000Z")
	err := sqlstore.Restore(ctx, from, c.database(), keep, c.restoreKeys)
	if errors.Is(err, sqlstore.ErrInUse) {
		return fmt.Errorf("the service runs on %s; stop it first: %w", c.Data, symbolon.ErrConflict)
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(keep); err == nil {
		done.Kept = keep
	}
	if done.examined, err = examine(ctx, m, c.database(), keys); err != nil {
		return fmt.Errorf("the restored database is not good; what was there is kept as %s: %w", keep, err)
	}
	if err := ownedLikeFolder(c.Data); err != nil {
		return err
	}
	return c.one(m, done, func(w io.Writer) {
		fmt.Fprintf(w, "Restored %s with %s of %s in %s, and checked it.\n", bytesOf(done.Size), count(done.events(), "sealed event"), count(len(done.Logs), "app"), c.Data)
		if done.Kept != "" {
			fmt.Fprintf(w, "What was there is kept as %s; delete it when all is well.\n", done.Kept)
		}
	})
}

// keys are all secrets that may have been used with the backup, its own first.
func (c *restoreCommand) keys() ([][]byte, error) {
	own, err := readKeyFile(filepath.Join(c.From, keyFileName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(own) > 0 {
		return own, nil
	}
	return neededSecretsOf(c.Data)
}

// restoreKeys sees that the key file holds every secret of the backup. One that does, such
// as after a rotation, stays; else the backup's go first.
func (c *restoreCommand) restoreKeys() error {
	own, err := readKeyFile(filepath.Join(c.From, keyFileName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	there, err := readKeyFile(c.keyFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(missing(there, own)) == 0 {
		return nil
	}
	return replaceKeyFile(c.keyFile(), append(own, missing(own, there)...))
}

// missing are those of the wanted secrets that are not there.
func missing(there, wanted [][]byte) [][]byte {
	return slices.DeleteFunc(slices.Clone(wanted), func(secret []byte) bool {
		return slices.ContainsFunc(there, func(s []byte) bool { return bytes.Equal(s, secret) })
	})
}

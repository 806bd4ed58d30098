package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Backup copies the SQLite database at path, as it is at one moment, into a new file for
// its owner alone. The service may go on: readers and writers are not held up. The copy is
// one file, compact, and holds nothing of what was erased.
func Backup(ctx context.Context, path, to string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("sqlstore: the database: %w", err)
	}
	empty, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("sqlstore: the copy: %w", err)
	}
	err = errors.Join(empty.Close(), copyDatabase(ctx, path, to))
	if err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

func copyDatabase(ctx context.Context, path, to string) error {
	path, err := realPath(path)
	if err != nil {
		return err
	}
	pool, err := sql.Open("sqlite", fileURL(path, "mode=ro&_pragma=busy_timeout(5000)"))
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, `VACUUM INTO $1`, to)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return errors.Join(sqliteFault(err), pool.Close(), syncPath(to), syncPath(filepath.Dir(to)))
}

// syncPath makes a file, or a folder's names, last through a loss of power.
func syncPath(path string) error {
	flags := os.O_RDWR // a file can't be synced on Windows otherwise
	if info, err := os.Stat(path); err != nil {
		return err
	} else if info.IsDir() {
		if runtime.GOOS == "windows" {
			return nil // a folder can't be opened there
		}
		flags = os.O_RDONLY
	}
	f, err := os.OpenFile(path, flags, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Restore puts a copy of the SQLite database at from in the place of the one at path,
// which no process may have open. What was there is kept under the other name, if there
// was anything. At each moment one of the two is there, whole. prepare runs first, once it
// is sure that no process has the database open; else the error is [ErrInUse].
func Restore(ctx context.Context, from, path, keep string, prepare func() error) error {
	path, err := realPath(path)
	if err != nil {
		return fmt.Errorf("sqlstore: the path of the database: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return fmt.Errorf("sqlstore: %s: %w", path, err)
	}
	if err = prepare(); err == nil {
		err = replace(ctx, from, path, keep)
	}
	return errors.Join(err, lock.release())
}

func replace(ctx context.Context, from, path, keep string) error {
	incoming := path + ".incoming"
	if err := os.Remove(incoming); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // of a restore that was broken off
	}
	if err := Backup(ctx, from, incoming); err != nil {
		return err
	}
	if err := setAside(ctx, path, keep); err != nil {
		return errors.Join(err, os.Remove(incoming))
	}
	if err := os.Rename(incoming, path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

// setAside gives the database the other name too. Its log of changes is folded back first:
// it must never be taken for the log of what comes in its place.
func setAside(ctx context.Context, path, keep string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_ = foldBack(ctx, path) // a damaged one can't be, and is kept as it is
	if err := os.Link(path, keep); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+suffix, keep+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return syncPath(filepath.Dir(path))
}

func foldBack(ctx context.Context, path string) error {
	pool, err := sql.Open("sqlite", fileURL(path, "mode=rw&_pragma=busy_timeout(5000)"))
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return errors.Join(err, pool.Close())
}

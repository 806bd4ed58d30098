package sqlstore

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// fileLock keeps a second process out for as long as this one lives: the system drops
// it when the process ends, however that happens.
type fileLock struct{ file *os.File }

func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	const exclusive = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(windows.Handle(f.Fd()), exclusive, 0, 1, 0, new(windows.Overlapped)); err != nil {
		if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			err = ErrInUse
		}
		return nil, errors.Join(err, f.Close())
	}
	return &fileLock{f}, nil
}

// release leaves the file: removing it would let two processes lock two of them.
func (l *fileLock) release() error { return l.file.Close() }

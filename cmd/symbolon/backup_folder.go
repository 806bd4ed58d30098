package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// intoFolder lets fill make a backup in a new or empty folder. Where an earlier backup may
// be replaced it stays until the new one is whole.
func intoFolder(path string, replace bool, fill func(folder string) error) error {
	there, err := os.ReadDir(path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case len(there) == 0:
		if err := makeFolder(path); err != nil {
			return err
		}
		return fill(path)
	case !replace:
		return invalid("folder", "must be new or empty, unless --replace is given; %s is neither", path)
	case !exists(filepath.Join(path, databaseName)):
		return invalid("folder", "must be a backup to be replaced; %s holds no %s", path, databaseName)
	}
	fresh, old := path+".new", path+".old"
	if err := errors.Join(removeBackup(fresh), removeBackup(old)); err != nil {
		return err // of one that was broken off
	}
	if err := makeFolder(fresh); err != nil {
		return err
	}
	if err := fill(fresh); err != nil {
		return err
	}
	if err := errors.Join(os.Rename(path, old), os.Rename(fresh, path)); err != nil {
		return err
	}
	return removeBackup(old)
}

// removeBackup removes a folder with what a backup holds, and no other.
func removeBackup(folder string) error {
	var failed error
	for _, path := range []string{
		filepath.Join(folder, databaseName), filepath.Join(folder, databaseName+"-wal"), filepath.Join(folder, databaseName+"-shm"),
		filepath.Join(folder, keyFileName), folder,
	} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

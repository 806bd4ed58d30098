//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// ownedLikeFolder gives what root left in a folder to the folder's owner, who else could
// not read it.
func ownedLikeFolder(folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		err = errors.Join(err, os.Lchown(filepath.Join(folder, e.Name()), int(owner.Uid), int(owner.Gid)))
	}
	return err
}

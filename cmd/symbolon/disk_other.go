//go:build !linux && !darwin && !freebsd && !windows

package main

import "errors"

// freeSpace is not told on this system.
func freeSpace(string) (int64, error) { return 0, errors.ErrUnsupported }

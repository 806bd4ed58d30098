package main

import "golang.org/x/sys/windows"

// freeSpace is how many bytes this user may still write in a folder.
func freeSpace(folder string) (int64, error) {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	return int64(free), err //nolint:gosec // no disk is that large
}

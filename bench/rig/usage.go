package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc: USER_HZ is 100 on every Linux.
const tick = time.Second / 100

// CPU is how long the processes have kept a processor busy, by themselves and in the kernel.
func CPU(pids ...int) (time.Duration, error) {
	var sum time.Duration
	for _, pid := range pids {
		fields, err := stat(pid)
		if err != nil {
			return 0, err
		}
		for _, field := range fields[11:13] { // utime and stime, proc(5)
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				return 0, err
			}
			sum += time.Duration(n) * tick
		}
	}
	return sum, nil
}

// Family is a process and its present children.
func Family(pid int) []int {
	family := []int{pid}
	others, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well formed
	for _, path := range others {
		other, _ := strconv.Atoi(filepath.Base(path))
		if fields, err := stat(other); err == nil && fields[1] == strconv.Itoa(pid) {
			family = append(family, other)
		}
	}
	return family
}

// stat gives the fields that follow a process's name, the first of which is its state.
func stat(pid int) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	_, after, found := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if !found || len(fields) < 13 {
		return nil, fmt.Errorf("/proc/%d/stat is not as proc(5) has it", pid)
	}
	return fields, nil
}

// Memory is how many bytes of a process are in memory now, and were at most.
func Memory(pid int) (now, most int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			now = kilobytes << 10
		case "VmHWM":
			most = kilobytes << 10
		}
	}
	return now, most, nil
}

package main

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// binary is the program as `make build` makes it.
type binary struct {
	path    string
	size    int64
	linking string
}

func build(ctx context.Context, folder string) (b binary, err error) {
	b.path = filepath.Join(folder, "symbolon")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", b.path, "github.com/symbolon-id/symbolon/cmd/symbolon")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		return b, fmt.Errorf("go build: %w", err)
	}
	info, err := os.Stat(b.path)
	if err != nil {
		return b, err
	}
	b.size = info.Size()
	b.linking, err = linking(b.path)
	return b, err
}

// linking tells whether the program needs anything of the system but the kernel.
func linking(path string) (kind string, err error) {
	f, err := elf.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return "dynamically linked", nil
		}
	}
	return "static", nil
}

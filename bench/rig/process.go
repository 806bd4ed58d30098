package rig

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/symbolon-id/symbolon/sqlstore"
)

// Process is a server in a process of its own.
type Process struct {
	Address string // host:port
	PID     int
	command *exec.Cmd
	end     func() error // asks it to end
}

// Start starts a server over the store in a process of its own, which is this program
// again: see [Main]. With a floor it also checks signatures by the keys of that many
// devices, without a store. It ends by [Process.Stop], or with this process.
func Start(ctx context.Context, where sqlstore.Config, floor int) (*Process, error) {
	told, err := json.Marshal(child{Path: where.Path, URL: where.URL, Floor: floor})
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, self)
	command.Stderr = os.Stderr
	command.Env = append(os.Environ(), childVariable+"="+string(told))
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	return begin(command, input.Close)
}

// StartBinary starts the service as people run it, over the data in a folder.
func StartBinary(ctx context.Context, binary, folder string) (*Process, error) {
	command := exec.CommandContext(ctx, binary, "serve", "--listen", "127.0.0.1:0", "--data", folder)
	command.Env = append(os.Environ(), "SYMBOLON_SECRET="+secret)
	return begin(command, func() error { return command.Process.Signal(os.Interrupt) })
}

// begin starts the command and waits for the line whose last word says where it serves.
func begin(command *exec.Cmd, end func() error) (*Process, error) {
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the server did not start: %w", err), end(), command.Wait())
	}
	words := strings.Fields(line)
	address := strings.TrimPrefix(words[len(words)-1], "http://")
	return &Process{Address: address, PID: command.Process.Pid, command: command, end: end}, nil
}

// Stop lets the server finish what it began, and waits for its end.
func (p *Process) Stop() error {
	return errors.Join(p.end(), p.command.Wait())
}

//go:build unix

package pgtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Durable starts a server for measurements: with PostgreSQL's own settings it loses
// nothing that it said it kept. It gives the URL of its one database, over a socket.
func Durable() (s *Server, url string, err error) {
	if s, err = start(""); err != nil {
		return nil, "", err
	}
	return s, s.url("postgres"), nil
}

// Close stops a server that [Durable] started, and removes all that it kept.
func (s *Server) Close() error {
	err := s.run("pg_ctl", "-D", s.data(), "-m", "fast", "-w", "stop")
	return errors.Join(err, s.alive.Close())
}

// PID is the process of which all of the server's others are children.
func (s *Server) PID() (int, error) {
	text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return 0, fmt.Errorf("postmaster.pid: %w", err)
	}
	return pid, nil
}

package place

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// reader is a [source] of whatever kind.
type reader interface {
	given() bool
	open() error
	check(*slog.Logger)
	about() File
}

// source is a file on disk and what was last read of it.
type source[T any] struct {
	setting string
	path    string
	parse   func([]byte) (content[T], error)
	held    atomic.Pointer[reading[T]]

	tried os.FileInfo // of the version that was read last, well or not
	seen  os.FileInfo // of the version that the last check found
	said  string      // the complaint that was logged last
}

// content is what the bytes of a file hold.
type content[T any] struct {
	value T
	holds string
	built time.Time // zero where the file does not tell
}

type reading[T any] struct {
	value T
	file  File
}

func newSource[T any](setting, path string, parse func([]byte) (content[T], error)) *source[T] {
	return &source[T]{setting: setting, path: path, parse: parse}
}

func (s *source[T]) given() bool { return s.path != "" }

// now is what was read last, or nil: T is a pointer.
func (s *source[T]) now() (value T) {
	if r := s.held.Load(); r != nil {
		value = r.value
	}
	return value
}

func (s *source[T]) about() File { return s.held.Load().file }

// open reads the file for the first time.
func (s *source[T]) open() error {
	info, err := os.Stat(s.path)
	if err == nil {
		err = s.read(info)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.setting, err)
	}
	return nil
}

func (s *source[T]) check(log *slog.Logger) {
	info, err := os.Stat(s.path)
	before := s.seen
	s.seen = info
	if err == nil {
		if same(info, s.tried) || !same(info, before) {
			return
		}
		err = s.read(info)
	}
	switch {
	case errors.Is(err, errChanging): // then so does the next check find
	case err == nil:
		s.said = ""
		s.about().log(log, "a file of places was read anew")
	case err.Error() != s.said:
		s.said = err.Error()
		log.Warn("a file of places can't be read; what was read before goes on", "setting", s.setting, "error", err)
	}
}

// maxFile bounds what is read into memory by mistake.
const maxFile = 1 << 30

var errChanging = errors.New("it changed while it was read")

// read takes the version of the file that the info is of, whole or not at all. A version
// that does not parse is not tried again.
func (s *source[T]) read(info os.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file", s.path)
	case info.Size() > maxFile:
		return fmt.Errorf("%s has %d bytes; at most %d are read", s.path, info.Size(), maxFile)
	}
	data, err := os.ReadFile(s.path)
	if err != nil {
		return err
	}
	after, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if !same(info, after) {
		return fmt.Errorf("%s: %w", s.path, errChanging)
	}
	s.tried = info
	c, err := s.parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	if c.built.IsZero() {
		c.built = info.ModTime()
	}
	s.held.Store(&reading[T]{c.value, File{s.setting, s.path, c.holds, c.built.UTC(), time.Now().UTC()}})
	return nil
}

// same tells whether both are of one version of one file.
func same(a, b os.FileInfo) bool {
	return a != nil && b != nil && os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

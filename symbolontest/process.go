package symbolontest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// Process is `symbolon serve`, or `symbolon demo --json`, as a process of its own, for tests
// that kill it.
type Process struct {
	Said string // the line that it is ready with
	URL  string // of the service, for [Attach]; "" for a demo

	command *exec.Cmd
	log     *lines
	ended   chan struct{}
	err     error // of Wait, once ended is closed
}

// Launch starts the command, which must not have run yet, and returns once it says that it
// is ready. Where it ends instead, the error holds what it complained of.
func Launch(command *exec.Cmd) (*Process, error) {
	p := &Process{command: command, log: newLines(), ended: make(chan struct{})}
	command.Stderr = p.log
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	first := bufio.NewReader(out)
	said, readErr := first.ReadString('\n')
	go func() {
		_, _ = io.Copy(io.Discard, first)
		p.err = command.Wait()
		close(p.ended)
	}()
	p.Said = strings.TrimSpace(said)
	_, p.URL, _ = strings.Cut(p.Said, " is ready at ")
	if p.URL == "" && !strings.HasPrefix(p.Said, "{") {
		if readErr == nil {
			_ = p.Kill()
		}
		<-p.ended
		return nil, errors.Join(fmt.Errorf("symbolontest: %s is not ready: it said %q, and:\n%s", command, said, p.Log()), p.err)
	}
	return p, nil
}

// Kill ends the process as a loss of power does, by SIGKILL, and waits for its end.
func (p *Process) Kill() error {
	if err := p.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.ended
	return nil
}

// Signal sends a signal and does not wait.
func (p *Process) Signal(s os.Signal) error { return p.command.Process.Signal(s) }

// Wait waits for the end of the process, and gives its exit code; -1 where a signal ended it.
func (p *Process) Wait() int {
	<-p.ended
	return p.command.ProcessState.ExitCode()
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Log is what the process wrote to standard error up to now.
func (p *Process) Log() string { return p.log.String() }

// Logged gives a channel that is closed once the log holds the text.
func (p *Process) Logged(text string) <-chan struct{} { return p.log.wait(text) }

// lines keeps what is written, and tells who waits for a part of it.
type lines struct {
	mu      sync.Mutex
	text    bytes.Buffer
	waiting map[string]chan struct{}
}

func newLines() *lines { return &lines{waiting: map[string]chan struct{}{}} }

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
	l.tell()
	return len(b), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) wait(text string) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting[text] == nil {
		l.waiting[text] = make(chan struct{})
	}
	found := l.waiting[text]
	l.tell()
	return found
}

func (l *lines) tell() {
	for text, found := range l.waiting {
		if bytes.Contains(l.text.Bytes(), []byte(text)) {
			close(found)
			delete(l.waiting, text)
		}
	}
}

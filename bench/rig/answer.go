package rig

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Answer is an HTTP answer. Its body is good until the connection reads the next one.
type Answer struct {
	Status int
	Cookie string // name=value, where the answer sets one
	Body   []byte
}

func (a Answer) has(text string) bool { return bytes.Contains(a.Body, []byte(text)) }

var errNotHTTP = errors.New("the answer is not HTTP as the server speaks it")

// readAnswer reads what net/http's server writes, and no other HTTP: it has to cost
// little beside the server, with which it shares the machine.
func readAnswer(r *bufio.Reader, into []byte) (Answer, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return Answer{}, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return Answer{}, fmt.Errorf("%w: %q", errNotHTTP, line)
	}
	a := Answer{Body: into}
	if a.Status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, fmt.Errorf("%w: %q", errNotHTTP, line)
	}
	length, err := a.readHeader(r)
	switch {
	case err != nil:
		return a, err
	case length == chunked:
		err = a.readChunks(r)
	default:
		err = a.readBytes(r, length)
	}
	return a, err
}

// chunked stands for the length of a body that comes in chunks (RFC 9112 §7.1).
const chunked = -1

// readHeader gives the length of the body, and keeps a cookie.
func (a *Answer) readHeader(r *bufio.Reader) (length int, err error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimSuffix(line, []byte("\r\n"))
		if len(line) == 0 {
			return length, nil
		}
		if text, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(text)); err != nil {
				return 0, fmt.Errorf("%w: %q", errNotHTTP, line)
			}
		}
		if text, found := bytes.CutPrefix(line, []byte("Set-Cookie: ")); found {
			cookie, _, _ := bytes.Cut(text, []byte(";"))
			a.Cookie = string(cookie)
		}
		if bytes.Equal(line, []byte("Transfer-Encoding: chunked")) {
			length = chunked
		}
	}
}

func (a *Answer) readBytes(r *bufio.Reader, n int) error {
	start := len(a.Body)
	a.Body = append(a.Body, make([]byte, n)...)
	_, err := io.ReadFull(r, a.Body[start:])
	return err
}

func (a *Answer) readChunks(r *bufio.Reader) error {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil {
			return fmt.Errorf("%w: %q", errNotHTTP, line)
		}
		if err := a.readBytes(r, int(n)); err != nil {
			return err
		}
		if _, err := r.Discard(len("\r\n")); err != nil || n == 0 {
			return err
		}
	}
}

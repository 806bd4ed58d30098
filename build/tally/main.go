// Tally adds up the JUnit reports that the test runners wrote, each named with the exit status of its runner. It
// repeats what the failed tests said, since their output lies far above, and ends with one line:
//
//	$ tally go.xml=0 sdk.xml=0
//	412 passed, 0 failed
//
// It exits with 1 where a test failed or was skipped. A suite that has shown nothing counts as one failed test: its
// report is missing, broken or empty, or its runner failed for a reason that no test in the report gives.
package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if !run(os.Args[1:], os.Stdout) {
		os.Exit(1)
	}
}

// run tallies the suites, each REPORT=STATUS, and says whether all is well.
func run(suites []string, out io.Writer) bool {
	var all count
	for _, suite := range suites {
		path, status, _ := strings.Cut(suite, "=")
		one, failures, err := readFile(path)
		// The first failure of a story brings the others about: it comes last, where one looks.
		for _, f := range slices.Backward(failures) {
			fmt.Fprintf(out, "%s: failed: %s\n", filepath.Base(path), f)
		}
		if err == nil && status != "0" && one.failed == 0 {
			err = fmt.Errorf("the runner failed with status %q, outside any test", status)
		}
		if err != nil {
			fmt.Fprintf(out, "%s: %v\n", filepath.Base(path), err)
			one.failed++
		}
		all = all.plus(one)
	}
	fmt.Fprintln(out, all)
	return all.passed > 0 && all.failed == 0 && all.skipped == 0
}

// count is how many tests ended in which way.
type count struct{ passed, failed, skipped int }

func (c count) plus(d count) count {
	return count{c.passed + d.passed, c.failed + d.failed, c.skipped + d.skipped}
}

func (c count) String() string {
	s := fmt.Sprintf("%d passed, %d failed", c.passed, c.failed)
	if c.skipped > 0 {
		s += fmt.Sprintf(", %d skipped", c.skipped)
	}
	return s
}

// readFile counts a report's tests, and gives each failed one in words.
func readFile(path string) (count, []string, error) {
	report, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return count{}, nil, errors.New("no report was written")
	}
	if err != nil {
		return count{}, nil, err
	}
	c, failures, err := read(report)
	if err == nil && c == (count{}) {
		err = errors.New("no test ran")
	}
	return c, failures, err
}

// testcase is the one element that all runners agree on; how they nest suites around it differs.
type testcase struct {
	Name    string    `xml:"name,attr"`
	Failure *fault    `xml:"failure"`
	Error   *fault    `xml:"error"`
	Skipped *struct{} `xml:"skipped"`
}

// fault is why a test failed. Node says it in the attribute, Go in the text.
type fault struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

const maxWords = 2000 // of one failure

func (t testcase) words() string {
	f := t.Failure
	if f == nil {
		f = t.Error
	}
	text := t.Name + "\n" + strings.TrimSpace(f.Message+"\n"+f.Text)
	return strings.ToValidUTF8(text[:min(len(text), maxWords)], "")
}

func read(report []byte) (c count, failures []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(printable(report)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return c, failures, nil
		}
		if err != nil {
			return c, failures, err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "testcase" {
			continue
		}
		var t testcase
		if err := d.DecodeElement(&t, &start); err != nil {
			return c, failures, err
		}
		if c.add(t) {
			failures = append(failures, t.words())
		}
	}
}

// add counts a test, and tells whether it failed.
func (c *count) add(t testcase) bool {
	switch {
	case t.Failure != nil || t.Error != nil:
		c.failed++
		return true
	case t.Skipped != nil:
		c.skipped++
	default:
		c.passed++
	}
	return false
}

// printable replaces what XML forbids: Node copies a test's colour codes into its report as they are.
func printable(report []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return '?'
		}
		return r
	}, report)
}

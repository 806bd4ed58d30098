package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	const (
		goReport = `<?xml version="1.0"?><testsuites tests="3"><testsuite name="proof">
			<testcase name="TestSign"></testcase><testcase name="TestSign/ES256"/></testsuite></testsuites>`
		nodeReport = `<testsuites><testcase name="a"/><testsuite name="b" tests="9"><testsuite name="c">
			<testcase name="d"/></testsuite></testsuite><!-- tests 2 --></testsuites>`
		failing  = `<testsuites><testcase name="a"><failure message="x">` + "\x1b[31m1 &lt; 2\x1b[0m" + `</failure></testcase></testsuites>`
		erring   = `<testsuites><testcase name="a"><error/></testcase></testsuites>`
		skipping = `<testsuites><testcase name="a"><skipped type="todo"/></testcase></testsuites>`
		empty    = `<testsuites></testsuites>`
		cut      = `<testsuites><testcase name="a"/><testcase name="b">`
	)
	const missing = "" // stands for a report that was never written

	tests := map[string]struct {
		suites []suite
		well   bool
		last   string
	}{
		"suites add up":              {[]suite{{goReport, 0}, {nodeReport, 0}}, true, "4 passed, 0 failed"},
		"a failure fails":            {[]suite{{goReport, 0}, {failing, 1}}, false, "2 passed, 1 failed"},
		"an error is a failure":      {[]suite{{goReport, 0}, {erring, 1}}, false, "2 passed, 1 failed"},
		"a skip fails":               {[]suite{{goReport, 0}, {skipping, 0}}, false, "2 passed, 0 failed, 1 skipped"},
		"an empty report fails":      {[]suite{{goReport, 0}, {empty, 0}}, false, "2 passed, 1 failed"},
		"a missing report fails":     {[]suite{{goReport, 0}, {missing, 0}}, false, "2 passed, 1 failed"},
		"a report cut short fails":   {[]suite{{goReport, 0}, {cut, 0}}, false, "3 passed, 1 failed"},
		"a runner that failed fails": {[]suite{{goReport, 0}, {nodeReport, 7}}, false, "4 passed, 1 failed"},
		"no suite at all fails":      {nil, false, "0 passed, 0 failed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			well := run(write(t, tt.suites), &out)
			if well != tt.well {
				t.Errorf("run said well = %v, want %v", well, tt.well)
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if last := lines[len(lines)-1]; last != tt.last {
				t.Errorf("the last line is %q, want %q", last, tt.last)
			}
		})
	}
}

func TestTheFailedTestsAreNamedAgain(t *testing.T) {
	const report = `<testsuites><testcase name="a lost answer"><failure message="expected 1">at line 7</failure></testcase>
		<testcase name="a good one"/><testcase name="no browser"><error>exit 1</error></testcase></testsuites>`
	var out strings.Builder
	run(write(t, []suite{{report, 1}}), &out)
	for _, want := range []string{"failed: a lost answer\nexpected 1\nat line 7\n", "failed: no browser\nexit 1\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
	if strings.Index(out.String(), "no browser") > strings.Index(out.String(), "a lost answer") {
		t.Errorf("what failed first does not stand last:\n%s", out.String())
	}
	if strings.Contains(out.String(), "good") {
		t.Errorf("it names a test that passed:\n%s", out.String())
	}
}

// suite is what a runner left: its report and its exit status.
type suite struct {
	report string
	status int
}

// write puts each report that is not missing into a file and returns the arguments that name them all.
func write(t *testing.T, suites []suite) []string {
	t.Helper()
	dir := t.TempDir()
	var args []string
	for i, s := range suites {
		path := filepath.Join(dir, fmt.Sprintf("%d.xml", i))
		args = append(args, fmt.Sprintf("%s=%d", path, s.status))
		if s.report == "" {
			continue
		}
		if err := os.WriteFile(path, []byte(s.report), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return args
}

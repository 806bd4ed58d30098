package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// run runs the program to its end, and gives what it printed and complained of.
func run(command *exec.Cmd) (stdout, stderr string, code int) {
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	_ = command.Run() // its code is looked at
	return out.String(), complaints.String(), command.ProcessState.ExitCode()
}

// manyRecords is a file of that many records, each on a line.
func manyRecords(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"@type":"TrustedDevice","deviceId":"dev_%d","userId":"user_%d","deviceName":"Laptop %d","deviceType":"laptop",`+
			`"trustedAt":"2024-01-15T10:00:00Z","createdAt":"2024-01-15T10:00:00Z"}`+"\n", i, i/3, i)
	}
	path := filepath.Join(t.TempDir(), "records.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The published examples come in and read back equal, but for what is always computed:
// isActive, and null for what a record leaves out.
func TestTheExamplesReadBackEqual(t *testing.T) {
	folder := t.TempDir()
	acme(t, folder)
	const examples = "../../spec/examples/trusted-devices.json"
	if _, complaints, code := run(program(t, "import", "trusted-devices", examples, "--data", folder)); code != exitOK {
		t.Fatalf("the import ended with %d: %s", code, complaints)
	}
	text, err := os.ReadFile(examples)
	if err != nil {
		t.Fatal(err)
	}
	var records []map[string]any
	if err := json.Unmarshal(text, &records); err != nil || len(records) != 2 {
		t.Fatalf("%d examples, %v", len(records), err)
	}
	for _, want := range records {
		out, complaints, code := run(program(t, "user", "devices", want["userId"].(string), "--trusted", "--data", folder))
		var got map[string]any
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitOK {
			t.Fatalf("it ended with %d, %v: %s%s", code, err, out, complaints)
		}
		whole := map[string]any{"deviceFingerprint": nil, "revokedAt": nil, "revokedReason": nil}
		maps.Copy(whole, want)
		whole["isActive"] = false
		if !reflect.DeepEqual(got, whole) {
			t.Errorf("read back\n%v\nwant\n%v", got, whole)
		}
	}
}

func TestAnImportThatWasBrokenOffGoesOn(t *testing.T) {
	const total = 10_000
	folder := t.TempDir()
	acme(t, folder)
	records := manyRecords(t, total)
	first := program(t, "import", "trusted-devices", records, "--data", folder)
	said := &untilSaid{text: "importing: 10%", do: func() { first.Process.Signal(os.Interrupt) }} //nolint:errcheck // its end is looked at
	first.Stderr = said
	_ = first.Run() // its code is looked at
	skip := regexp.MustCompile(`interrupted; (\d+) records of the file are in: give the same command again, with --skip (\d+) `).FindStringSubmatch(said.all.String())
	if code := first.ProcessState.ExitCode(); code != exitFailure || skip == nil || skip[1] != skip[2] {
		t.Fatalf("it ended with %d and said\n%s", code, said.all.String())
	}
	var rest imported
	out, complaints, code := run(program(t, "import", "trusted-devices", records, "--data", folder, "--skip", skip[1]))
	if err := json.Unmarshal([]byte(out), &rest); err != nil || code != exitOK || fmt.Sprint(total-rest.Records) != skip[1] {
		t.Fatalf("after %s it ended with %d, %v: %s%s", skip[1], code, err, out, complaints)
	}
	out, complaints, code = run(program(t, "import", "trusted-devices", records, "--data", folder))
	if want := fmt.Sprintf(`{"records":%d,"imported":0,"existing":%d}`+"\n", total, total); out != want || code != exitOK {
		t.Errorf("at last it ended with %d: %s%s; want %s", code, out, complaints, want)
	}
}

// untilSaid keeps what is written, and does something once a text is in it.
type untilSaid struct {
	all  bytes.Buffer
	text string
	do   func()
}

func (u *untilSaid) Write(b []byte) (int, error) {
	u.all.Write(b)
	if u.do != nil && strings.Contains(u.all.String(), u.text) {
		u.do()
		u.do = nil
	}
	return len(b), nil
}

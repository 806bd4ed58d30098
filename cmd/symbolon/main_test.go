package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// The test binary is the program too, by the name of symbolon.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"symbolon": main})
}

// adminKey is that of the services in the tests.
const adminKey = "the-admin-key-of-the-tests"

// The scripts tell what the command line does. Beside testscript's own words they have
//
//	serve NAME ARG...        starts symbolon serve, and sets $NAME to its address
//	demo NAME ARG...         starts symbolon demo, and sets $NAME to the bank's address and
//	                         $NAME_url, $NAME_service, $NAME_bank, $NAME_other to what listens
//	end NAME                 sends SIGTERM, waits for exit code 0, and keeps the log in NAME.log
//	get URL                  prints what an admin gets there
//	postgres                 sets $POSTGRES to the URL of an empty database
//	places FOLDER            makes files of places in the folder
//	lines FILE COUNT         compares the number of lines
//	register NAME USER       registers a device at the only app of $URL, and sets $NAME to its id
//	credential FILE NAME     sets $NAME to the id of the credential in the file's JSON
//	provider NAME            runs an OpenID provider, sets $NAME to its address, and keeps an ID token
//	                         of alice for the client acme in NAME.token
//	sealed COUNT             waits until the log of that app holds so many events
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[runningKey{}] = map[string]*symbolontest.Process{}
			env.Setenv("SYMBOLON_ADMIN_KEY", adminKey)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": scriptServe, "demo": scriptDemo, "end": scriptEnd, "get": scriptGet, "lines": scriptLines,
			"places": scriptPlaces, "sealed": scriptSealed, "credential": scriptCredential,
			"provider": func(ts *testscript.TestScript, neg bool, args []string) { scriptProvider(t, ts, neg, args) },
			"register": func(ts *testscript.TestScript, neg bool, args []string) { scriptRegister(t, ts, neg, args) },
			"postgres": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Setenv("POSTGRES", pgtest.Database(t))
			},
		},
	})
}

type runningKey struct{}

func running(ts *testscript.TestScript) map[string]*symbolontest.Process {
	return ts.Value(runningKey{}).(map[string]*symbolontest.Process)
}

func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: serve NAME ARG...")
	}
	p, err := symbolontest.Launch(scriptCommand(ts, append([]string{"serve"}, args[1:]...)))
	ts.Check(err)
	track(ts, args[0], p)
	ts.Setenv(args[0], p.URL)
}

func track(ts *testscript.TestScript, name string, p *symbolontest.Process) {
	ts.Defer(func() {
		if err := p.Kill(); err != nil {
			ts.Logf("%v", err)
		}
	})
	running(ts)[name] = p
}

func scriptDemo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: demo NAME ARG...")
	}
	p, err := symbolontest.Launch(scriptCommand(ts, append([]string{"demo", "--json"}, args[1:]...)))
	ts.Check(err)
	track(ts, args[0], p)
	var said struct{ Service, Bank, Other string }
	ts.Check(json.Unmarshal([]byte(p.Said), &said))
	ts.Setenv(args[0], said.Bank)
	ts.Setenv(args[0]+"_url", said.Service)
	ts.Setenv(args[0]+"_service", strings.TrimPrefix(said.Service, "http://"))
	ts.Setenv(args[0]+"_bank", strings.TrimPrefix(said.Bank, "http://"))
	ts.Setenv(args[0]+"_other", strings.TrimPrefix(said.Other, "http://"))
}

// scriptCommand is the program as the script would call it.
func scriptCommand(ts *testscript.TestScript, args []string) *exec.Cmd {
	program, err := exec.LookPath("symbolon")
	ts.Check(err)
	command := exec.Command(program, args...)
	command.Dir = ts.MkAbs(".")
	for _, variable := range []string{
		"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", envSecret, envSecretPrevious, envAdminKey,
		"SYMBOLON_LISTEN", "SYMBOLON_PUBLIC_URL", "SYMBOLON_CONFIG", "SYMBOLON_MAX_BODY", "SYMBOLON_DATABASE", "SYMBOLON_GEOIP_CITY",
	} {
		if value := ts.Getenv(variable); value != "" {
			command.Env = append(command.Env, variable+"="+value)
		}
	}
	return command
}

func scriptEnd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || running(ts)[args[0]] == nil {
		ts.Fatalf("usage: end NAME, of a service that was served")
	}
	p := running(ts)[args[0]]
	ts.Check(p.Signal(syscall.SIGTERM))
	if !within(p.Ended()) {
		ts.Fatalf("the service has not ended; its log is\n%s", p.Log())
	}
	if code := p.Wait(); code != exitOK {
		ts.Fatalf("the service ended with %d; its log is\n%s", code, p.Log())
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".log"), []byte(p.Log()), 0o600))
}

// within gives what should happen at once as long as a slow machine may need.
func within(c <-chan struct{}) bool {
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	select {
	case <-c:
		return true
	case <-limit.C:
		return false
	}
}

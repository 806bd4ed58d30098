package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/place/placetest"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// scriptGet prints status and body of what an admin gets.
func scriptGet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: get URL")
	}
	req, err := http.NewRequest(http.MethodGet, args[0], nil)
	ts.Check(err)
	req.Header.Set("Authorization", "Bearer "+adminKey)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), resp.Status+"\n"+string(body))
	ts.Check(err)
}

func scriptLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines FILE COUNT")
	}
	if n := strings.Count(ts.ReadFile(args[0]), "\n"); strconv.Itoa(n) != args[1] {
		ts.Fatalf("%s has %d lines; want %s", args[0], n, args[1])
	}
}

// scriptPlaces makes the demo's files of places in a folder.
func scriptPlaces(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: places FOLDER")
	}
	_, err := placetest.WriteDemo(ts.MkAbs(args[0]))
	ts.Check(err)
}

// scriptApp is the one app of the script's $URL, as an admin and its backend reach it.
func scriptApp(ts *testscript.TestScript) *client.Client {
	admin, err := client.New(client.Config{BaseURL: ts.Getenv("URL"), Key: adminKey})
	ts.Check(err)
	for app, err := range admin.Apps(context.Background()) {
		ts.Check(err)
		return admin.For(app.ID)
	}
	ts.Fatalf("there is no app")
	return nil
}

func scriptRegister(t *testing.T, ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: register NAME USER")
	}
	ctx := t.Context()
	admin := scriptApp(ts)
	made, err := admin.CreateCredential(ctx, symbolon.NewCredential{Name: "of the script", Scopes: symbolon.AllScopes})
	ts.Check(err)
	app := symbolontest.Attach(t, ts.Getenv("URL"), adminKey).App(admin.App(), made.Key)
	device := symbolontest.NewDevice(t, app, proof.ES256)
	_, err = device.Register(ctx, app.Ticket(t, symbolon.UserID(args[1])))
	ts.Check(err)
	ts.Setenv(args[0], string(device.ID()))
}

func scriptSealed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sealed COUNT")
	}
	admin := scriptApp(ts)
	count, err := strconv.Atoi(args[0])
	ts.Check(err)
	for range time.Tick(20 * time.Millisecond) {
		page, err := admin.LatestEvents(context.Background(), 200)
		ts.Check(err)
		if len(page.Items) >= count {
			return
		}
	}
}

func scriptCredential(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: credential FILE NAME")
	}
	var made symbolon.Credential
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &made))
	ts.Setenv(args[1], string(made.ID))
}

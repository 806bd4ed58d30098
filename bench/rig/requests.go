package rig

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

const appPath = "/v1/apps/" + string(App)

// request is one request as it goes over the wire.
func request(method, path, bearer string, body any) []byte {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // bodies are made here, of strings
	}
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: bench\r\n", method, path)
	if bearer != "" {
		head += "Authorization: Bearer " + bearer + "\r\n"
	}
	if body == nil {
		return []byte(head + "\r\n")
	}
	return fmt.Appendf(nil, "%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", head, len(text), text)
}

func repeat(n int, r []byte) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = r
	}
	return all
}

// Empty asks for nothing.
func Empty(n int) [][]byte {
	return repeat(n, request(http.MethodPost, emptyPath, Bearer, symbolon.ChallengeRequest{Purpose: string(proof.PurposeProve)}))
}

// Challenges asks for challenges.
func Challenges(n int) [][]byte {
	return repeat(n, challengeRequest(proof.PurposeProve))
}

func challengeRequest(p proof.Purpose) []byte {
	return request(http.MethodPost, appPath+"/challenges", Bearer, symbolon.ChallengeRequest{Purpose: string(p)})
}

// take takes fresh challenges.
func (c *Client) take(n int, p proof.Purpose) ([]string, error) {
	return c.ask(repeat(n, challengeRequest(p)), "challenge")
}

// ask gives one member of each answer.
func (c *Client) ask(requests [][]byte, member string) ([]string, error) {
	values := make([]string, len(requests))
	_, err := c.Send(requests, func(i int, a Answer) error {
		var body map[string]any
		if err := json.Unmarshal(a.Body, &body); err != nil {
			return err
		}
		var ok bool
		if values[i], ok = body[member].(string); !ok {
			return fmt.Errorf("the server answered %d %s", a.Status, a.Body)
		}
		return nil
	})
	return values, err
}

// Decisions asks for a decision on each of the devices' fresh proofs.
func (c *Client) Decisions(devices []int, token bool) ([][]byte, error) {
	return c.proofs(devices, func(user symbolon.UserID, proof string) []byte {
		body := symbolon.DecisionRequest{UserID: user, Proof: proof, Context: browser}
		if token {
			body.Token = &token
		}
		return request(http.MethodPost, appPath+"/decisions", Bearer, body)
	})
}

// Verifications asks the floor to check the same proofs.
func (c *Client) Verifications(devices []int) ([][]byte, error) {
	return c.proofs(devices, func(user symbolon.UserID, proof string) []byte {
		body := symbolon.DecisionRequest{UserID: user, Proof: proof, Context: browser}
		return request(http.MethodPost, verifyPath, Bearer, body)
	})
}

var browser = symbolon.ClientContext{IPAddress: ipAddress, UserAgent: userAgent}

func (c *Client) proofs(devices []int, ask func(symbolon.UserID, string) []byte) ([][]byte, error) {
	challenges, err := c.take(len(devices), proof.PurposeProve)
	if err != nil {
		return nil, err
	}
	requests := make([][]byte, len(devices))
	var failed firstError
	each(len(devices), func(i int) {
		d := DeviceAt(devices[i])
		compact, err := d.sign(challenges[i], proof.PurposeProve)
		failed.set(err)
		requests[i] = ask(d.User, compact)
	})
	return requests, failed.get()
}

// Registrations asks to register the devices of these numbers, each by a ticket of its own.
func (c *Client) Registrations(devices []int) ([][]byte, error) {
	challenges, err := c.take(len(devices), proof.PurposeRegister)
	if err != nil {
		return nil, err
	}
	requests := make([][]byte, len(devices))
	each(len(devices), func(i int) {
		requests[i] = request(http.MethodPost, appPath+"/tickets", Bearer, symbolon.TicketRequest{UserID: DeviceAt(devices[i]).User})
	})
	tickets, err := c.ask(requests, "ticket")
	if err != nil {
		return nil, err
	}
	var failed firstError
	each(len(devices), func(i int) {
		compact, err := DeviceAt(devices[i]).sign(challenges[i], proof.PurposeRegister)
		failed.set(err)
		requests[i] = request(http.MethodPost, appPath+"/devices", tickets[i], symbolon.Registration{Proof: compact, Platform: symbolon.PlatformWeb})
	})
	return requests, failed.get()
}

// Lists asks for all devices of the users of these devices.
func Lists(devices []int) [][]byte {
	requests := make([][]byte, len(devices))
	for i, n := range devices {
		user := fmt.Sprintf("user-%07d", n/DevicesPerUser)
		requests[i] = request(http.MethodGet, appPath+"/users/"+url.PathEscape(user)+"/devices", Bearer, nil)
	}
	return requests
}

// Get asks for what the app has at a path, which begins with a slash.
func Get(path string) []byte { return request(http.MethodGet, appPath+path, Bearer, nil) }

package rig

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
)

// origin is where the app's pages are.
const origin = "https://app.example"

// nothingPath is answered by a handler that does nothing, behind what every request passes.
const nothingPath = "/bench/nothing"

// Passes shows the devices' keys to the device check, and gives the cookies that it sets.
func (c *Client) Passes(devices []int) ([]string, error) {
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
		body := symbolon.DecisionRequest{UserID: d.User, Proof: compact}
		requests[i] = forwarded(request(http.MethodPost, "/device-check"+appPath+"/decisions", "", body), "")
	})
	if err := failed.get(); err != nil {
		return nil, err
	}
	cookies := make([]string, len(devices))
	_, err = c.Send(requests, func(i int, a Answer) error {
		if cookies[i] = a.Cookie; a.Cookie == "" || strings.HasSuffix(a.Cookie, "=") {
			return fmt.Errorf("the device check gave no pass: %d %s", a.Status, a.Body)
		}
		return nil
	})
	return cookies, err
}

// Passages asks forward-auth, as a proxy does, with each of the cookies.
func Passages(cookies []string) [][]byte { return proxied("/forward-auth?app="+string(App), cookies) }

// Nothings asks the same of a handler that does nothing.
func Nothings(cookies []string) [][]byte { return proxied(nothingPath, cookies) }

func proxied(path string, cookies []string) [][]byte {
	bare := request(http.MethodGet, path, "", nil)
	requests := make([][]byte, len(cookies))
	for i, cookie := range cookies {
		requests[i] = forwarded(bare, "theme=dark; "+cookie+"; session=1c2f9d3e")
	}
	return requests
}

// forwarded puts in front of a request's other headers what a proxy says of the original.
func forwarded(request []byte, cookie string) []byte {
	line, rest, _ := strings.Cut(string(request), "\r\n")
	head := line + "\r\nX-Forwarded-For: " + ipAddress + "\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: " + strings.TrimPrefix(origin, "https://") +
		"\r\nX-Forwarded-Method: GET\r\nX-Forwarded-Uri: /accounts?page=2\r\nUser-Agent: " + userAgent + "\r\nAccept: text/html\r\n"
	if cookie != "" {
		head += "Cookie: " + cookie + "\r\n"
	}
	return []byte(head + rest)
}

// Block blocks a device, and returns when that was answered.
func (c *Client) Block(device int) error {
	var id symbolon.DeviceID
	d := DeviceAt(device)
	_, err := c.Send(Lists([]int{device}), func(_ int, a Answer) error {
		var list struct{ Items []symbolon.Device }
		if err := json.Unmarshal(a.Body, &list); err != nil {
			return err
		}
		for _, found := range list.Items {
			if found.KeyID == symbolon.KeyID(d.half.Thumbprint()) {
				id = found.ID
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	block := request(http.MethodPost, appPath+"/devices/"+string(id)+"/block", Bearer, symbolon.BlockRequest{Reason: "benchmark"})
	_, err = c.Send([][]byte{block}, Expect(http.StatusOK, `"blocked"`))
	return err
}

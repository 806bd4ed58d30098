//go:build unix

package proxies_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// host is what the files call the app.
const host = "app.example.com"

// stand is all of it: clients → proxy → app, and Symbolon beside.
type stand struct {
	origin   string // of the app, as browsers see it
	app      symbolontest.App
	upstream *upstream
	client   *http.Client // follows no redirect, keeps no cookie, prefers HTTP/2
	faults   *atomic.Bool // the store fails while it is set

	listen      string
	certificate string // a file
	roots       *x509.CertPool
}

func build(t *testing.T, p proxy) *stand {
	t.Helper()
	s := lay(t)
	service := symbolontest.Start(t, symbolontest.TrustProxies("127.0.0.0/8"), symbolontest.WrapStore(func(inner symbolon.Store) symbolon.Store {
		return failing{inner, s.faults}
	}))
	made, err := service.Admin.CreateApp(t.Context(), symbolon.NewApp{ID: "bank", Name: "Bank", Origins: []string{s.origin}})
	must(t, err)
	s.app = service.App(made.App.ID, made.Credential.Key)
	// A device reaches the service as its browser would.
	s.app.Device, err = client.New(client.Config{BaseURL: s.origin + "/device-check", App: s.app.ID, HTTPClient: s.client, Retries: -1})
	must(t, err)
	s.raise(t, p, strings.TrimPrefix(service.URL, "http://"))
	return s
}

// buildWithout leaves Symbolon out.
func buildWithout(t *testing.T, p proxy) *stand {
	t.Helper()
	s := lay(t)
	s.raise(t, p, freeAddress(t))
	return s
}

// lay makes what a stand stands on; nothing listens yet where the proxy will.
func lay(t *testing.T) *stand {
	t.Helper()
	s := &stand{upstream: startUpstream(t), listen: freeAddress(t), roots: x509.NewCertPool(), faults: new(atomic.Bool)}
	_, port, err := net.SplitHostPort(s.listen)
	must(t, err)
	s.origin = "https://" + host + ":" + port
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: s.roots}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, s.listen)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	s.client = &http.Client{
		Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s
}

// raise starts the proxy.
func (s *stand) raise(t *testing.T, p proxy, symbolon string) {
	t.Helper()
	folder := t.TempDir()
	_, port, err := net.SplitHostPort(s.listen)
	must(t, err)
	w := where{folder: folder, listen: s.listen, port: port, app: s.upstream.address, symbolon: symbolon}
	s.certificate, w.key = s.certify(t, folder)
	w.certificate = s.certificate
	p.start(t, w)
}

// certify writes a certificate for the app's name, which the clients of the stand believe.
func (s *stand) certify(t *testing.T, folder string) (certificate, key string) {
	t.Helper()
	pair, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	facts := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, facts, facts, pair.Public(), pair)
	must(t, err)
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	s.roots.AddCert(parsed)
	secret, err := x509.MarshalPKCS8PrivateKey(pair)
	must(t, err)
	certificate, key = filepath.Join(folder, "certificate.pem"), filepath.Join(folder, "key.pem")
	must(t, os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	return certificate, key
}

// ports counts through those that no system gives to connections by itself, from where no
// other run of these tests is likely to be.
var ports atomic.Int64

// freeAddress is one where nothing listens, and where nothing will that asks for any port.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := 15000 + (int64(os.Getpid())*97+ports.Add(1))%15000
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.FormatInt(port, 10)))
		if err == nil {
			must(t, l.Close())
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// failing is a store that can't say where a device stands, while it is told so.
type failing struct {
	symbolon.Store
	on *atomic.Bool
}

func (f failing) GetStanding(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Standing, error) {
	if f.on.Load() {
		return symbolon.Standing{}, errors.New("the disk is gone")
	}
	return f.Store.GetStanding(ctx, app, id)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

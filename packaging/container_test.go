//go:build chroot && linux

package packaging_test

import (
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// ourImage is the Containerfile's, from a folder that holds what the context of an engine would.
func ourImage(t *testing.T) image {
	t.Helper()
	needRoot(t)
	context := t.TempDir()
	binary := filepath.Join(context, "out/release/symbolon-linux-"+runtime.GOARCH)
	write(t, binary, read(t, program(t)))
	write(t, filepath.Join(context, "packaging/container/data/.gitkeep"), "")
	return makeImage(t, read(t, "container/Containerfile"), context, runtime.GOARCH)
}

func TestTheImageServesFromWhatItHolds(t *testing.T) {
	m := ourImage(t)
	command := append(slices.Clone(m.entrypoint), m.cmd...)
	env := append(slices.Clone(m.env), "SYMBOLON_LISTEN=127.0.0.1:0", "SYMBOLON_ADMIN_KEY="+adminKey)
	stop(t, serving(t, inside(m.root, m.user, env, command...)))
	owned(t, filepath.Join(m.root, "data/secret.key"), m.user, 0o600)
	owned(t, filepath.Join(m.root, "data/symbolon.db"), m.user, 0o600)
}

func TestTheImageHoldsNothingMore(t *testing.T) {
	m := ourImage(t)
	got := slices.Sorted(maps.Keys(files(t, m.root)))
	want := []string{
		"data d ", "data/.gitkeep f ", "etc d ", "etc/ssl d ", "etc/ssl/certs d ",
		"etc/ssl/certs/ca-certificates.crt f ", "symbolon f ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the image holds %q; want %q", got, want)
	}
}

func TestTheImageRunsAsNobody(t *testing.T) {
	m := ourImage(t)
	if m.user.uid == 0 || m.user.gid == 0 {
		t.Errorf("the image runs as %v", m.user)
	}
	owned(t, filepath.Join(m.root, "symbolon"), account{}, 0o755)
	owned(t, filepath.Join(m.root, "data"), m.user, 0o755)
	if !slices.Contains(m.env, "SYMBOLON_LISTEN=:8080") {
		t.Errorf("the service would answer inside only: its variables are %v", m.env)
	}
	if !slices.Equal(m.volumes, []string{"/data"}) || m.signal != "SIGTERM" {
		t.Errorf("its volumes are %v and its signal is %s", m.volumes, m.signal)
	}
}

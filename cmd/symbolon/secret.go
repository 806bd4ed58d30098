package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/symbolon-id/symbolon/registry"
)

// The variables that hold what nobody else may read.
const (
	envSecret         = "SYMBOLON_SECRET"
	envSecretPrevious = "SYMBOLON_SECRET_PREVIOUS"
	envAdminKey       = "SYMBOLON_ADMIN_KEY"
	envMetricsKey     = "SYMBOLON_METRICS_KEY"
)

// keyFileName is the key file's, beside the database.
const keyFileName = "secret.key"

const minKey = 20 // characters of a key that an operator makes up

// secretsFromEnv are the current secret and the earlier ones, or none.
func secretsFromEnv() ([][]byte, error) {
	current, previous := os.Getenv(envSecret), os.Getenv(envSecretPrevious)
	if current == "" {
		if previous != "" {
			return nil, invalid(envSecretPrevious, "is set, but %s is not", envSecret)
		}
		return nil, nil
	}
	if strings.Contains(current, ",") {
		return nil, invalid(envSecret, "must not hold a comma, which separates earlier ones in %s", envSecretPrevious)
	}
	secrets := [][]byte{[]byte(current)}
	if len(current) < registry.MinSecret {
		return nil, invalid(envSecret, "must have at least %d bytes; it has %d. openssl rand -base64 32 makes a good one", registry.MinSecret, len(current))
	}
	if previous == "" {
		return secrets, nil
	}
	for i, text := range strings.Split(previous, ",") {
		if len(text) < registry.MinSecret {
			return nil, invalid(envSecretPrevious, "must hold secrets of at least %d bytes, separated by commas; number %d has %d", registry.MinSecret, i+1, len(text))
		}
		secrets = append(secrets, []byte(text))
	}
	return secrets, nil
}

// keyFromEnv is the bearer that the variable holds, or "".
func keyFromEnv(name string) (string, error) {
	key := os.Getenv(name)
	if key != "" && len(key) < minKey {
		return "", invalid(name, "must have at least %d characters; it has %d", minKey, len(key))
	}
	return key, nil
}

// secretsWithKeyFile are what the service uses on SQLite: the environment's, then those of
// the key file, which is made at the first start if the environment has none.
func secretsWithKeyFile(fromEnv [][]byte, folder, database string) ([][]byte, error) {
	path := filepath.Join(folder, keyFileName)
	kept, err := readKeyFile(path)
	switch {
	case err == nil:
		return append(fromEnv, kept...), nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case len(fromEnv) > 0:
		return fromEnv, nil
	}
	if _, err := os.Stat(database); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is a database %s, but neither %s nor the key file %s that it was used with; "+
			"a new secret could not read what the old one wrote", database, envSecret, path)
	}
	if err := makeKeyFile(path); err != nil {
		return nil, fmt.Errorf("the key file %s can't be made: %w", path, err)
	}
	return readKeyFile(path)
}

// readKeyFile reads 32 bytes in base64 from each line, the current secret first.
func readKeyFile(path string) ([][]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key file %s can be read by others (mode %04o); allow its owner only: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var secrets [][]byte
	for i, line := range strings.Split(strings.TrimRight(string(text), "\r\n"), "\n") {
		secret, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(line, "\r"))
		if err != nil || len(secret) != registry.MinSecret {
			return nil, fmt.Errorf("the key file %s is damaged: line %d is not the base64 of %d bytes; restore it from a backup", path, i+1, registry.MinSecret)
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

// makeKeyFile writes a new secret. The file is there whole or not at all, and one that is
// there already stays: a link, unlike a rename, does not replace.
func makeKeyFile(path string) error {
	temporary, err := writeBeside(path, keyLines(newSecret()))
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	if err := os.Link(temporary, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// replaceKeyFile writes the secrets, the current one first. At each moment the old file or
// the new one is there, whole.
func replaceKeyFile(path string, secrets [][]byte) error {
	temporary, err := writeBeside(path, keyLines(secrets...))
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func newSecret() []byte {
	secret := make([]byte, registry.MinSecret)
	rand.Read(secret)
	return secret
}

func keyLines(secrets ...[]byte) []byte {
	var text []byte
	for _, secret := range secrets {
		text = append(base64.StdEncoding.AppendEncode(text, secret), '\n')
	}
	return text
}

// writeBeside writes a file for its owner alone that takes another's place later.
func writeBeside(path string, text []byte) (temporary string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // with mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// syncFolder makes the file's name last through a loss of power.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder can't be opened there
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// makeFolder makes the data folder for its owner alone.
func makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("the data folder can't be made: %w", err)
	}
	return nil
}

package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

type secretCommands struct {
	Rotate secretRotateCommand `cmd:"" help:"Put a new secret before the present one, which stays readable."`
}

type secretRotateCommand struct {
	dataFolder `embed:""`
	output     `embed:""`
}

func (c *secretRotateCommand) Run(m *Main) error {
	current := os.Getenv(envSecret)
	if current == "" && c.Database == "" {
		return c.rotateFile(m)
	}
	if secrets, err := secretsFromEnv(); err != nil {
		return err
	} else if len(secrets) == 0 {
		return invalid(envSecret, "must be set: with PostgreSQL it is what is rotated")
	}
	return c.rotateVariable(m, current)
}

// rotatedFile says what a rotation did to a key file.
type rotatedFile struct {
	KeyFile string `json:"keyFile"`
	Earlier int    `json:"earlier"`
}

func (c *secretRotateCommand) rotateFile(m *Main) error {
	kept, err := readKeyFile(c.keyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no secret to rotate: neither %s is set, nor is there a key file %s", envSecret, c.keyFile())
	}
	if err != nil {
		return err
	}
	if err := replaceKeyFile(c.keyFile(), append([][]byte{newSecret()}, kept...)); err != nil {
		return err
	}
	if err := ownedLikeFolder(c.Data); err != nil {
		return err
	}
	return c.one(m, rotatedFile{c.keyFile(), len(kept)}, func(w io.Writer) {
		fmt.Fprintf(w, `%s has a new secret, before %s.

Restart the service: until then it goes on with the secret that it began with. What
the earlier ones made stays good for as long as their lines are there.

If one of them is known to others, this restart does not end it yet. Delete its line
afterwards, and restart a second time: only then do tickets and device tokens that it
signed count for nothing, and fingerprints and tombstones from its time match no more.

Back up the key file again: a backup from before does not hold the new secret.
`, c.keyFile(), count(len(kept), "earlier one"))
	})
}

// rotatedVariables are the variables to set.
type rotatedVariables struct {
	Secret   string `json:"SYMBOLON_SECRET"`
	Previous string `json:"SYMBOLON_SECRET_PREVIOUS"`
}

func (c *secretRotateCommand) rotateVariable(m *Main, current string) error {
	var earlier []string
	for _, text := range []string{current, os.Getenv(envSecretPrevious)} {
		if text != "" {
			earlier = append(earlier, text)
		}
	}
	set := rotatedVariables{base64.StdEncoding.EncodeToString(newSecret()), strings.Join(earlier, ",")}
	return c.one(m, set, func(w io.Writer) {
		fmt.Fprintf(w, `Nothing was changed. Set these where the service has its variables, and restart it:

  %s=%s
  %s=what %s is now, a comma, and what this one is now

With several replicas, do it in two rounds, so that each knows what the others make:
first put the new secret at the end of %s everywhere, restart all;
then set both as above, restart all.

An earlier one that is known to others counts until %s no longer holds
it: take it out afterwards, and restart a second time.
`, envSecret, set.Secret, envSecretPrevious, envSecret, envSecretPrevious, envSecretPrevious)
	})
}

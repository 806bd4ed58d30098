package main

import "github.com/symbolon-id/symbolon/server"

type openAPICommand struct{}

func (openAPICommand) Run(m *Main) error {
	yaml, err := server.OpenAPI()
	if err != nil {
		return err
	}
	_, err = m.Stdout.Write(yaml)
	return err
}

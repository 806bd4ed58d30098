package main

import (
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/symbolon-id/symbolon/examples/bank"
	"github.com/symbolon-id/symbolon/place"
	"github.com/symbolon-id/symbolon/place/placetest"
)

// places makes the files of a small world of the demo's own, and reads them as serve does.
func (c *demoCommand) places(log *slog.Logger) (*place.Files, error) {
	made, err := placetest.WriteDemo(filepath.Join(c.Data, "places"))
	if err != nil {
		return nil, fmt.Errorf("the demo's files of places can't be made: %w", err)
	}
	return placeSettings{made.City, made.ASN, made.Anonymous}.open(log)
}

// demoPlaces are where the bank may pretend to be asked from.
func demoPlaces() []bank.Place {
	var places []bank.Place
	for _, p := range placetest.Demo() {
		places = append(places, bank.Place(p))
	}
	return places
}

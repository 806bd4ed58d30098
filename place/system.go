package place

import "github.com/oschwald/maxminddb-golang/v2"

// system is an autonomous system: a network under one management.
type system struct {
	number uint32
	name   string
}

func parseSystems(data []byte) (content[*table[system]], error) {
	return parseTable(data, "autonomous systems", readSystem)
}

func readSystem(result maxminddb.Result) (system, error) {
	var r struct {
		Number uint32 `maxminddb:"autonomous_system_number"`
		Name   string `maxminddb:"autonomous_system_organization"`
	}
	if err := result.Decode(&r); err != nil {
		return system{}, err
	}
	return system{r.Number, printable(r.Name)}, nil
}

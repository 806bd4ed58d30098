package risk

import (
	"strconv"
	"time"
)

// MaxZones is how many time zones are kept at most.
const MaxZones = maxZones

// KeptZones is how many are kept now.
func KeptZones() int {
	zones.RLock()
	defer zones.RUnlock()
	return len(zones.loaded)
}

// FillZones takes all room that is left for time zones, and gives a function that gives it back.
func FillZones() (empty func()) {
	zones.Lock()
	defer zones.Unlock()
	before := zones.loaded
	zones.loaded = map[string]*time.Location{}
	for i := range maxZones {
		zones.loaded[strconv.Itoa(i)] = time.UTC
	}
	return func() {
		zones.Lock()
		defer zones.Unlock()
		zones.loaded = before
	}
}

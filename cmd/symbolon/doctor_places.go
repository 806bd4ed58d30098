package main

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/place"
)

// places reads each file of places by itself, so that one that is broken hides no other.
func (d *doctor) places(context.Context) {
	if d.placeSettings == (placeSettings{}) {
		d.ok("places", "no file is set: risk does without places")
		return
	}
	for _, one := range []struct {
		setting string
		file    placeSettings
	}{
		{"geoip.city", placeSettings{City: d.City}},
		{"geoip.asn", placeSettings{ASN: d.ASN}},
		{"geoip.anonymous", placeSettings{Anonymous: d.Anonymous}},
	} {
		files, err := one.file.open(nil)
		if err != nil {
			d.fail(one.setting, "see that the file is whole, and that the service's user may read it", "%v", err)
			continue
		}
		for _, f := range files.About() {
			d.placeFile(f)
		}
	}
}

func (d *doctor) placeFile(f place.File) {
	age := time.Since(f.Built)
	built := "today"
	if days := int(age / symbolon.Day); days > 0 {
		built = count(days, "day") + " ago"
	}
	if age > symbolon.PlacesOld {
		d.warn(f.Setting, "fetch a new one, and let a job do it from now on; the service takes it without a restart",
			"%s was built %s, and holds %s", f.Path, built, f.Holds)
		return
	}
	d.ok(f.Setting, "%s was built %s, and holds %s", f.Path, built, f.Holds)
}

package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// placeAges tells how old the files of places are whenever the metrics are shown.
type placeAges struct {
	age   *prometheus.Desc
	built func() map[string]time.Time
}

// ShowPlaces adds the ages of the files of places, by the setting that names each and the
// time at which it was built. It is called once at most.
func (m *Metrics) ShowPlaces(built func() map[string]time.Time) {
	m.all.MustRegister(placeAges{prometheus.NewDesc(
		"symbolon_place_file_age_seconds", "Time since a file of places was built, by the setting that names it.", []string{"file"}, nil,
	), built})
}

// Describe implements [prometheus.Collector].
func (p placeAges) Describe(out chan<- *prometheus.Desc) { out <- p.age }

// Collect implements [prometheus.Collector].
func (p placeAges) Collect(out chan<- prometheus.Metric) {
	for file, built := range p.built() {
		out <- prometheus.MustNewConstMetric(p.age, prometheus.GaugeValue, time.Since(built).Seconds(), file)
	}
}

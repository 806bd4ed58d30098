package logins

import (
	"math"
	"math/rand/v2"
	"time"
)

// share is one of several outcomes and how often it comes, beside the others.
type share[T any] struct {
	of     T
	weight float64
}

func pick[T any](r *rand.Rand, from []share[T]) T {
	var sum float64
	for _, s := range from {
		sum += s.weight
	}
	at := r.Float64() * sum
	for _, s := range from {
		if at -= s.weight; at < 0 {
			return s.of
		}
	}
	return from[len(from)-1].of
}

func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

// wait is a time until something that happens once in mean, on average.
func wait(r *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(r.ExpFloat64() * float64(mean))
}

// count is how often something happens that happens mean times, on average.
func count(r *rand.Rand, mean float64) int {
	n := 0
	for at := r.ExpFloat64(); at < mean; at += r.ExpFloat64() {
		n++
	}
	return n
}

// displaced is a point that lies off another: half of them nearer than the median, in km.
func displaced(r *rand.Rand, lat, lon, median float64) (float64, float64) {
	distance := median * math.Sqrt(-math.Log(1-r.Float64())/math.Ln2)
	angle := 2 * math.Pi * r.Float64()
	const degree = 111.2 // km
	return lat + distance*math.Sin(angle)/degree, lon + distance*math.Cos(angle)/(degree*math.Cos(lat*math.Pi/180))
}

package risk

// From where on counts are odd, and where they are so fully. Proofs are counted in ten
// minutes: an app that decides on each action of a busy person stays below one in twenty
// seconds, and scripts pass one in seven. An address may be that of an office or of a
// mobile network: a request in five seconds is much for it, one a second is more than
// people make. Five failures are more than a broken clock or client makes at once; one
// replay is one too many, though a proxy that repeats a request makes one.
const (
	proofsFrom, proofsFull     = 30, 90
	requestsFrom, requestsFull = 120, 600
	failuresFrom, failuresFull = 5, 25
	replaysFrom, replaysFull   = 1, 4

	leastRate = 40 // the weight where each begins
)

func proofFailures(s *sight) (int, string) {
	weight := ramp(s.Failures, failuresFrom, failuresFull, leastRate)
	if weight == 0 {
		return 0, ""
	}
	return weight, count(s.Failures, "proof") + " in this key's name did not verify lately; anyone can cause that."
}

func challengeReplayed(s *sight) (int, string) {
	weight := ramp(s.Replays, replaysFrom, replaysFull, leastRate)
	if weight == 0 {
		return 0, ""
	}
	return weight, "Used challenges came again in this key's name, " + count(s.Replays, "time") + " lately; anyone can cause that."
}

func velocityUser(s *sight) (int, string) {
	return tooFast(s.UserRate, proofsFrom, proofsFull, "proof", "user")
}

func velocityDevice(s *sight) (int, string) {
	return tooFast(s.DeviceRate, proofsFrom, proofsFull, "proof", "device")
}

func velocityIP(s *sight) (int, string) {
	return tooFast(s.AddressRate, requestsFrom, requestsFull, "request", "address")
}

func tooFast(n, from, full int, what, whose string) (int, string) {
	weight := ramp(n, from, full, leastRate)
	if weight == 0 {
		return 0, ""
	}
	return weight, count(n, what) + " of this " + whose + " in ten minutes."
}

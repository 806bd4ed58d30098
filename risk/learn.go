package risk

// Learn gives the traits of a device that was seen anew: what now knows, and of the rest
// what was known before. So a request that tells little takes nothing away.
func Learn(before, now string) string {
	if now == before || now == "" {
		return before
	}
	old, fresh := readTraits(before), readTraits(now)
	if old == (looks{}) {
		return now
	}
	news := false
	for i := range components {
		if fresh[i] == "" {
			fresh[i] = old[i]
		}
		news = news || fresh[i] != old[i]
	}
	if !news {
		return before
	}
	return fresh.String()
}

// String is the form that [FingerprintV2] gives.
func (l looks) String() string {
	text := append(make([]byte, 0, 400), traitsVersion...)
	for i := range components {
		if l[i] != "" {
			text = append(append(append(text, ','), components[i].tag...), ':')
			text = append(text, l[i]...)
		}
	}
	return string(text)
}

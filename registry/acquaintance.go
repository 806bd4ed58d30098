package registry

import "sync"

// maxKnown bounds how many credentials are recognised: beyond it all are met anew.
const maxKnown = 1 << 16

// acquaintances are the credentials that were good when they last came, so that they can be
// told from guesses without a look at the store. Whether they still are is the store's word.
type acquaintances struct {
	mu   sync.RWMutex
	keys map[credentialKey]struct{}
}

func (a *acquaintances) met(any ...credentialKey) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, k := range any {
		if _, ok := a.keys[k]; ok {
			return true
		}
	}
	return false
}

func (a *acquaintances) meet(k credentialKey) {
	if a.met(k) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys == nil || len(a.keys) >= maxKnown {
		a.keys = map[credentialKey]struct{}{}
	}
	a.keys[k] = struct{}{}
}

func (a *acquaintances) forget(all ...credentialKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range all {
		delete(a.keys, k)
	}
}

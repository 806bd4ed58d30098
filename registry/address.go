package registry

import (
	"net/netip"

	"github.com/symbolon-id/symbolon"
)

// parseAddress takes an IP address without zone or port.
func parseAddress(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, symbolon.InvalidField("context.ipAddress", "must be an IPv4 or IPv6 address")
	}
	return a.Unmap(), nil
}

package place_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/place"
)

const anonymous = `
# a list as an operator keeps it
203.0.113.0/28
203.0.113.8/29     # inside the one before
203.0.113.16/28    # right after it
198.51.100.7
  192.0.2.77/26	
2001:db8:5::/48
2001:db8:6::6
::ffff:198.51.100.64/123
::ffff:198.51.100.9
`

func TestWhatIsOnTheList(t *testing.T) {
	list := writeBytes(t, filepath.Join(t.TempDir(), "list"), []byte(anonymous))
	files := open(t, place.Config{Anonymous: list})
	for addresses, want := range map[string]bool{
		"203.0.113.0 203.0.113.7 203.0.113.15 203.0.113.16 203.0.113.31":      true,
		"203.0.112.255 203.0.113.32":                                          false,
		"198.51.100.7 198.51.100.9 198.51.100.64 198.51.100.95":               true,
		"198.51.100.6 198.51.100.8 198.51.100.10 198.51.100.63 198.51.100.96": false,
		"192.0.2.64 192.0.2.127":                                              true,
		"192.0.2.63 192.0.2.128":                                              false,
		"2001:db8:5:: 2001:db8:5:ffff:ffff:ffff:ffff:ffff 2001:db8:6::6":      true,
		"2001:db8:4:ffff:ffff:ffff:ffff:ffff 2001:db8:6:: 2001:db8:6::7":      false,
		"::ffff:203.0.113.3":                                                  true,
		"1.1.1.1 ff02::1 :: 255.255.255.255":                                  false,
	} {
		for _, address := range strings.Fields(addresses) {
			if got := files.Lookup(address).Anonymous; got != want {
				t.Errorf("%s is on the list: %v; want %v", address, got, want)
			}
		}
	}
}

func TestALineThatCantBeMeantIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	for _, line := range []string{"203.0.113.0/33", "203.0.113", "AS", "AS0", "AS4294967296", "AS-1", "64496", "example.com", "203.0.113.0 /24", "10.0.0.1-10.0.0.9"} {
		writeBytes(t, path, []byte("203.0.113.0/24\n# fine\n"+line+"\n"))
		_, err := place.Open(place.Config{Anonymous: path})
		if err == nil || !strings.Contains(err.Error(), "geoip.anonymous: "+path+": line 3 must be a network such as") {
			t.Errorf("%q: the error is %v; want one that names line 3", line, err)
		}
	}
}

func TestAListFromWindowsIsOneToo(t *testing.T) {
	path := writeBytes(t, filepath.Join(t.TempDir(), "list"), []byte("\uFEFF203.0.113.0/24\r\n# more\r\n198.51.100.1\r\n"))
	files := open(t, place.Config{Anonymous: path})
	for _, address := range []string{"203.0.113.7", "198.51.100.1"} {
		if !files.Lookup(address).Anonymous {
			t.Errorf("%s is not on the list", address)
		}
	}
}

func TestAnEmptyListHidesNobody(t *testing.T) {
	path := writeBytes(t, filepath.Join(t.TempDir(), "list"), nil)
	if open(t, place.Config{Anonymous: path}).Lookup("203.0.113.1").Anonymous {
		t.Error("an empty list has 203.0.113.1")
	}
}

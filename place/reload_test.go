package place_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maxmind/mmdbwriter"

	"github.com/symbolon-id/symbolon/place"
	"github.com/symbolon-id/symbolon/place/placetest"
)

// inCountry is a file that places 203.0.113.0/24 in a country.
func inCountry(t testing.TB, code string) []byte {
	t.Helper()
	data, err := placetest.Database(placetest.TypeCity, map[string]record{"203.0.113.0/24": {"country": country(code, "Country "+code)}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func version4(t testing.TB) []byte {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "Country", IPVersion: 4, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	_, network, _ := net.ParseCIDR("203.0.113.0/24")
	if err := tree.Insert(network, record{"country": country("PT", "Portugal")}); err != nil {
		t.Fatal(err)
	}
	var data strings.Builder
	if _, err := tree.WriteTo(&data); err != nil {
		t.Fatal(err)
	}
	return []byte(data.String())
}

// replace puts another file in its place, as programs that fetch such files do. Its time
// is the given number of seconds after the first's.
func replace(t testing.TB, path string, data []byte, seconds int) {
	t.Helper()
	writeBytes(t, path+".new", data)
	at := time.Unix(1_800_000_000+int64(seconds), 0)
	if err := os.Chtimes(path+".new", at, at); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func expect(t testing.TB, files *place.Files, when, want string) {
	t.Helper()
	if got := files.Lookup("203.0.113.5").Country; got != want {
		t.Errorf("%s: the country is %q; want %q", when, got, want)
	}
}

func TestAFileThatChangesIsReadAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cities")
	replace(t, path, inCountry(t, "PT"), 0)
	log, said := logged()
	files := open(t, place.Config{City: path, Log: log})
	files.Check()
	expect(t, files, "unchanged", "PT")

	replace(t, path, inCountry(t, "JP"), 1)
	files.Check()
	expect(t, files, "after one look, when it may still be being written", "PT")
	files.Check()
	expect(t, files, "after two", "JP")

	// The same time and size, but another file.
	replace(t, path, inCountry(t, "FR"), 1)
	files.Check()
	files.Check()
	expect(t, files, "replaced within a second", "FR")
	files.Check()
	if n := strings.Count(said.String(), "was read anew"); n != 2 {
		t.Errorf("it logged %d times that it read anew; want 2:\n%s", n, said)
	}
}

func TestAFileThatIsBeingWrittenIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cities")
	replace(t, path, inCountry(t, "PT"), 0)
	log, said := logged()
	files := open(t, place.Config{City: path, Log: log})
	whole := inCountry(t, "JP")
	for i := range 4 {
		replace(t, path, whole[:len(whole)*(i+1)/4], i+1)
		files.Check()
		expect(t, files, "while it is written", "PT")
	}
	files.Check()
	expect(t, files, "once it is there", "JP")
	if strings.Contains(said.String(), "WARN") {
		t.Errorf("it complained:\n%s", said)
	}
}

func TestABrokenFileChangesNothingAndIsLoggedOnce(t *testing.T) {
	good := inCountry(t, "JP")
	holdsASN, err := placetest.Database(placetest.TypeASN, map[string]record{"203.0.113.0/24": {"autonomous_system_organization": text("x")}})
	if err != nil {
		t.Fatal(err)
	}
	for about, broken := range map[string][]byte{
		"cut short": good[:len(good)-40], "half": good[:len(good)/2], "empty": {}, "no such format": []byte("<html>Please log in</html>"), "of another kind": holdsASN,
	} {
		t.Run(about, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cities")
			replace(t, path, inCountry(t, "PT"), 0)
			log, said := logged()
			files := open(t, place.Config{City: path, Log: log})
			replace(t, path, broken, 1)
			for range 5 {
				files.Check()
			}
			expect(t, files, "broken", "PT")
			if n := strings.Count(said.String(), "what was read before goes on"); n != 1 {
				t.Errorf("it complained %d times; want once:\n%s", n, said)
			}
			replace(t, path, good, 2)
			files.Check()
			files.Check()
			expect(t, files, "mended", "JP")
		})
	}
}

func TestAFileThatIsGoneIsLoggedOnceAndFoundAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cities")
	replace(t, path, inCountry(t, "PT"), 0)
	log, said := logged()
	files := open(t, place.Config{City: path, Log: log})
	for range 2 {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		files.Check()
		files.Check()
		expect(t, files, "gone", "PT")
		replace(t, path, inCountry(t, "JP"), 1)
		files.Check()
		files.Check()
		expect(t, files, "there again", "JP")
		replace(t, path, inCountry(t, "PT"), 2)
		files.Check()
		files.Check()
	}
	if n := strings.Count(said.String(), "no such file"); n != 2 {
		t.Errorf("it complained %d times that it is gone; want each time once:\n%s", n, said)
	}
}

// A file that is mapped into memory would end the process here.
func TestAFileThatIsCutShortInUseHarmsNoLookup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cities")
	replace(t, path, inCountry(t, "PT"), 0)
	files := open(t, place.Config{City: path})
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	expect(t, files, "cut short", "PT")
}

func TestLookupsGoOnWhileAFileIsReadAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cities")
	versions := [][]byte{inCountry(t, "PT"), inCountry(t, "JP"), []byte("broken")}
	replace(t, path, versions[0], 0)
	files := open(t, place.Config{City: path})

	var asking sync.WaitGroup
	done := make(chan struct{})
	for range 8 {
		asking.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if got := files.Lookup("203.0.113.5"); got.Country != "PT" && got.Country != "JP" || got.Location != "Country "+got.Country {
					t.Errorf("the place is %+v; want that of one file or the other", got)
					return
				}
			}
		})
	}
	for i := range 60 {
		replace(t, path, versions[i%len(versions)], i+1)
		files.Check()
		files.Check()
		files.About()
	}
	close(done)
	asking.Wait()
}

func TestTheWatchLooksNowAndThen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cities")
	replace(t, path, inCountry(t, "PT"), 0)
	synctest.Test(t, func(t *testing.T) {
		files := open(t, place.Config{City: path})
		go files.Watch(t.Context())
		replace(t, path, inCountry(t, "JP"), 1)
		time.Sleep(2*place.CheckEvery + time.Second)
		synctest.Wait()
		expect(t, files, "a minute later", "JP")
	})
}

func TestWhatCantBeReadAtTheStartIsRefused(t *testing.T) {
	folder := t.TempDir()
	good := inCountry(t, "PT")
	at := func(name string, data []byte) string { return writeBytes(t, filepath.Join(folder, name), data) }
	for _, c := range []struct {
		about string
		cfg   place.Config
		want  string
	}{
		{"not there", place.Config{City: filepath.Join(folder, "none")}, "geoip.city: stat " + filepath.Join(folder, "none") + ": no such file"},
		{"a folder", place.Config{ASN: folder}, "geoip.asn: " + folder + " is no file"},
		{"empty", place.Config{City: at("empty", nil)}, "geoip.city: " + filepath.Join(folder, "empty") + ": it is no file in MaxMind's format, or not whole"},
		{"cut short", place.Config{City: at("short", good[:len(good)-40])}, "it is no file in MaxMind's format, or not whole"},
		{"cities for systems", place.Config{ASN: at("city", good)}, `its type is "GeoLite2-City", and it holds no autonomous systems`},
		{"a list for cities", place.Config{City: at("list", []byte("203.0.113.0/24\n"))}, "it is no file in MaxMind's format"},
		{"a file for a list", place.Config{Anonymous: at("binary", good)}, "line 1 must be a network such as 203.0.113.0/24"},
	} {
		if _, err := place.Open(c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v; want %q", c.about, err, c.want)
		}
	}
}

package risk_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
)

// The page that operators read has every reason once, with its default points.
func TestThePageNamesEveryReason(t *testing.T) {
	page, err := os.ReadFile("../docs/risk.md")
	if err != nil {
		t.Fatal(err)
	}
	_, reasons, _ := strings.Cut(string(page), "\n## The reasons\n")
	points := symbolon.DefaultRiskPolicy().Points
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (\\d+) \\|").FindAllStringSubmatch(reasons, -1) {
		code := row[1]
		if want, found := points[code]; !found || strconv.Itoa(want) != row[2] {
			t.Errorf("the page gives %s %s points; there are %d", code, row[2], want)
		}
		delete(points, code)
	}
	for code := range points {
		t.Errorf("the page does not tell of %s", code)
	}
}

package proof_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon/proof"
)

// TestWorkedExample holds the example in the protocol's text to the vectors: the blocks
// of section 12 are theirs, in this order.
func TestWorkedExample(t *testing.T) {
	key := readVectors[keysFile](t, "keys.json").Keys[0]
	proofs := readVectors[proofsFile](t, "proofs.json").Valid
	register, prove := proofs[0], proofs[1]
	var public bytes.Buffer
	if err := json.Compact(&public, key.Public); err != nil {
		t.Fatal(err)
	}
	want := []string{
		public.String(), key.Thumbprint,
		register.Header, register.Claims, register.Proof,
		proof.HashPayload([]byte("12.00 EUR to Bob")), prove.Header, prove.Claims, prove.Proof,
	}

	_, example, found := strings.Cut(protocolText(t), "## 12. A worked example")
	if !found {
		t.Fatal("section 12 is gone")
	}
	got := fencedBlocks(example)
	if len(got) < len(want) {
		t.Fatalf("the example has %d blocks; want at least %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("block %d of the example is\n%s\nwant\n%s", i+1, got[i], want[i])
		}
	}
}

func TestProtocolNamesTheLimitsThatHold(t *testing.T) {
	text := protocolText(t)
	for _, row := range []string{
		fmt.Sprintf("| proof | %d characters |", proof.MaxSize),
		fmt.Sprintf("| JWK | %d bytes |", proof.MaxJWKSize),
	} {
		if !strings.Contains(text, row) {
			t.Errorf("section 11 lacks %q", row)
		}
	}
	for _, alg := range proof.Algorithms() {
		if !strings.Contains(text, fmt.Sprintf("| `%s` |", alg)) {
			t.Errorf("section 3 lacks %s", alg)
		}
	}
}

func protocolText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../spec/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fencedBlocks returns what stands between ``` lines.
func fencedBlocks(markdown string) (blocks []string) {
	for i, piece := range strings.Split(markdown, "```") {
		if i%2 == 1 {
			_, block, _ := strings.Cut(piece, "\n")
			blocks = append(blocks, strings.TrimSuffix(block, "\n"))
		}
	}
	return blocks
}

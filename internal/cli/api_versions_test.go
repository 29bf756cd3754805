package cli

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestAPIVersionText(t *testing.T) {
	produce, _ := wire.LookupAPI(wire.APIKeyProduce)
	for _, c := range []struct {
		key, min, max int16
		want          string
	}{
		{wire.APIKeyProduce, 0, produce.MaxVersion, "Produce(0): 0 to 13 [usable: 13]"},
		{wire.APIKeyProduce, 0, 7, "Produce(0): 0 to 7 [usable: 7]"},
		{wire.APIKeyProduce, 4, 4, "Produce(0): 4 [usable: 4]"},
		{wire.APIKeyProduce, 90, 91, "Produce(0): 90 to 91 [unusable: node too new]"},
		{wire.APIKeyFetch, 0, 1, "Fetch(1): 0 to 1 [unusable: node too old]"},
		{wire.APIKeyFetch, -1, -1, "Fetch(1): UNSUPPORTED"},
		{9999, 0, 3, "UNKNOWN(9999): 0 to 3"},
		{9999, 2, 2, "UNKNOWN(9999): 2"},
	} {
		if got := apiVersionText(kmsg.ApiVersionsResponseApiKey{ApiKey: c.key, MinVersion: c.min, MaxVersion: c.max}); got != c.want {
			t.Errorf("%d %d-%d: %q, want %q", c.key, c.min, c.max, got, c.want)
		}
	}
}

// A node that answers nothing lists what a broker would answer, and nothing
// that only controllers do.
func TestAPIVersionsTextOfNothing(t *testing.T) {
	lines := strings.Split(apiVersionsText(nil), "\n")
	if lines[0] != "(" || lines[len(lines)-1] != ")" {
		t.Fatalf("brackets: %q … %q", lines[0], lines[len(lines)-1])
	}
	brokers := 0
	for api := range wire.APIs() {
		if api.Listeners.Has(wire.BrokerListener) {
			brokers++
		}
	}
	if len(lines)-2 != brokers {
		t.Errorf("%d lines, want %d", len(lines)-2, brokers)
	}
	for i, line := range lines[1 : len(lines)-1] {
		if !strings.Contains(line, ": UNSUPPORTED") {
			t.Errorf("%q", line)
		}
		if last := i == len(lines)-3; last == strings.HasSuffix(line, ",") {
			t.Errorf("comma at the end of line %d: %q", i, line)
		}
	}
}

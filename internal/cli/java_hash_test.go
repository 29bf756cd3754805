package cli

import (
	"fmt"
	"strings"
	"testing"
)

// The expected orders are those of a java.util.HashMap filled with these keys.
func TestHashOrder(t *testing.T) {
	names := []string{"retention.ms", "min.insync.replicas", "cleanup.policy"}
	inHashOrder(names)
	if got := strings.Join(names, " "); got != "cleanup.policy min.insync.replicas retention.ms" {
		t.Errorf("three names: %s", got)
	}
	for i := range 30 {
		names = append(names, fmt.Sprintf("key.%d", i))
	}
	inHashOrder(names)
	want := "key.17 key.16 min.insync.replicas key.19 key.18 key.13 key.12 key.15 key.14 cleanup.policy key.11 key.10 retention.ms " +
		"key.28 key.27 key.29 key.24 key.23 key.26 key.25 key.2 key.20 key.1 key.0 key.22 key.21 key.6 key.5 key.4 key.3 key.9 key.8 key.7"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("33 names: %s\nwant %s", got, want)
	}
}

func TestJavaHash(t *testing.T) {
	for s, want := range map[string]uint32{"": 0, "a": 97, "ü": 252, "retention.ms": 2955746934, "\U0001F600x": 54959989} {
		if got := javaHash(s); got != want {
			t.Errorf("hash of %q is %d, want %d", s, got, want)
		}
	}
}

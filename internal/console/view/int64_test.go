package view_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/brolga-io/brolga/internal/console/view"
)

func TestInt64(t *testing.T) {
	b, err := json.Marshal(view.Int64(math.MaxInt64))
	if err != nil || string(b) != `"9223372036854775807"` {
		t.Errorf("%s %v", b, err)
	}
	for text, want := range map[string]int64{`"-9223372036854775808"`: math.MinInt64, `9007199254740993`: 9007199254740993, `"0"`: 0} {
		var i view.Int64
		if err := json.Unmarshal([]byte(text), &i); err != nil || int64(i) != want {
			t.Errorf("%s: %d %v", text, i, err)
		}
	}
	for _, wrong := range []string{`"x"`, `1.5`, `"9223372036854775808"`, `""`, `true`, `{}`} {
		var i view.Int64
		if json.Unmarshal([]byte(wrong), &i) == nil {
			t.Errorf("%s is taken as %d", wrong, i)
		}
	}
}

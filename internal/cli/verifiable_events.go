package cli

import (
	"encoding/json"
	"math"
	"strings"
	"sync"
)

// eventWriter prints what a verifiable tool has to tell, one JSON object a
// line. Several goroutines may write.
type eventWriter struct {
	env *Env
	mu  sync.Mutex
}

// write prints an event whose first fields are the time and the name; fields are
// a struct, or nil.
func (w *eventWriter) write(name string, fields any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	line := `{"timestamp":` + marshalJSON(w.env.Now().UnixMilli()) + `,"name":` + marshalJSON(name)
	if fields != nil {
		line += "," + marshalJSON(fields)[1:]
	} else {
		line += "}"
	}
	w.env.outln(line)
	_ = w.env.flush()
}

// marshalJSON writes a value of this package, which always can be written, and
// leaves <, > and & alone.
func marshalJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("BUG: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// jsonText is a text, or null.
type jsonText struct{ bytes []byte }

func (t jsonText) MarshalJSON() ([]byte, error) {
	if t.bytes == nil {
		return []byte("null"), nil
	}
	return []byte(quoteJSON(string(t.bytes))), nil
}

// jsonDouble is a number in the spelling of Java's Double.toString. What is no
// number stands in quotes, as Jackson writes it.
type jsonDouble float64

func (d jsonDouble) MarshalJSON() ([]byte, error) {
	text := javaFloat(float64(d), 64)
	if math.IsNaN(float64(d)) || math.IsInf(float64(d), 0) {
		text = quoteJSON(text)
	}
	return []byte(text), nil
}

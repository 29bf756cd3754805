package console

import (
	"encoding/base64"
	"encoding/json"
)

// cursor is where reading goes on: the next offset of each partition, and where
// it is to stop. Backwards, at is exclusive and stop inclusive; forwards it is the
// other way round.
type cursor struct {
	Forward bool              `json:"f,omitempty"`
	At      map[int32]int64   `json:"a"`
	Stop    map[int32]int64   `json:"s"`
	Back    []map[int32]int64 `json:"b,omitempty"` // At of the pages before, the last last
}

// maxBack is how many pages one can go back.
const maxBack = 50

func (c cursor) encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic("BUG: " + err.Error()) // numbers only
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func decodeCursor(text string) (cursor, error) {
	wrong := invalid("cursor", "This cursor was not made here.")
	const longest = 1 << 20
	var c cursor
	if len(text) > longest {
		return c, wrong
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return c, wrong
	}
	if json.Unmarshal(b, &c) != nil || len(c.At) == 0 || len(c.Back) > maxBack {
		return c, wrong
	}
	for p, at := range c.At {
		if stop, ok := c.Stop[p]; !ok || at < 0 || stop < 0 || p < 0 {
			return c, wrong
		}
	}
	return c, nil
}

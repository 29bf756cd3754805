package commitlog

import "github.com/brolga-io/brolga/internal/batch"

// lookahead is how many records of a batch are taken together.
const lookahead = 64

// ahead takes records of a batch some at a time and touches the places of their
// keys in the map one right after the other: then the processor waits for the
// memory of all of them at once, which in a large map is most of the work.
type ahead struct {
	records [lookahead]batch.Brief
	keys    [lookahead]keyHash // of the records that have a key
	touched int64
}

// take returns the next records of the walker, none at the end of the batch. They
// are valid until the next call.
func (a *ahead) take(w *batch.Walker, h *batch.Header, keys *keyMap) []batch.Brief {
	most := lookahead
	if h.Codec() != batch.None {
		most = 1 // the next one may overwrite it
	}
	n := 0
	for n < most && w.Next(&a.records[n]) {
		if key := a.records[n].Key; key != nil {
			a.keys[n] = keys.hash(key)
		}
		n++
	}
	if n > 1 {
		a.touched += keys.touch(a.keys[:n])
	}
	return a.records[:n]
}

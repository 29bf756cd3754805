package api

import (
	"encoding/binary"

	"github.com/brolga-io/brolga/internal/wire"
)

// Behind an answer that goes back to one of our brokers stands the end of the
// metadata that it is true of. The broker waits until it has seen as much, so that
// the client can use there what it made (docs/decisions/0001).

const offsetBytes = 8

func appendOffset(answer []byte, endOffset int64) []byte { return wire.AppendInt64(answer, endOffset) }

// takeAnswer waits for the metadata behind the answer and returns the answer alone.
func (a *API) takeAnswer(data []byte) []byte {
	if len(data) < offsetBytes {
		return data
	}
	end := len(data) - offsetBytes
	if a.Await != nil {
		a.Await(int64(binary.BigEndian.Uint64(data[end:])))
	}
	return data[:end]
}

package controller

import (
	"errors"
	"fmt"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// fault is why one item of a request, or all of it, is refused. A nil *fault is
// success.
type fault struct {
	code wire.ErrorCode
	text *string
}

// refuse returns a fault with a text for the client.
func refuse(code wire.ErrorCode, format string, args ...any) *fault {
	text := fmt.Sprintf(format, args...)
	return &fault{code, &text}
}

// refuseBare returns a fault that Kafka answers without a text.
func refuseBare(code wire.ErrorCode) *fault { return &fault{code: code} }

// refuseDefault returns a fault with the text that belongs to the code.
func refuseDefault(code wire.ErrorCode) *fault { return refuse(code, "%s", code.Error()) }

// parts returns what a response shows of the fault.
func (f *fault) parts() (wire.ErrorCode, *string) {
	if f == nil {
		return wire.None, nil
	}
	return f.code, f.text
}

// codeOf returns the code alone.
func (f *fault) codeOf() wire.ErrorCode {
	code, _ := f.parts()
	return code
}

// whole turns an error of the shard, which concerns a whole request, into one that
// carries the code for clients.
func whole(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, shard.ErrUnknownOutcome):
		// The records may survive. A client that asks again finds out.
		return fmt.Errorf("%w: %w", wire.RequestTimedOut, err)
	case errors.Is(err, shard.ErrStorage):
		return fmt.Errorf("%w: %w", wire.KafkaStorageError, err)
	}
	return fmt.Errorf("%w: %w", wire.NotController, err)
}

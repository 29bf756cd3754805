package batch

import "fmt"

// ErrorKind says why a batch was refused, in the terms that decide the
// protocol's error code.
type ErrorKind uint8

// The kinds and the codes they stand for.
const (
	Corrupt                ErrorKind = iota // CORRUPT_MESSAGE
	InvalidRecord                           // INVALID_RECORD
	InvalidTimestamp                        // INVALID_TIMESTAMP
	UnsupportedCompression                  // UNSUPPORTED_COMPRESSION_TYPE
	TooLarge                                // MESSAGE_TOO_LARGE
)

// Error is a refused batch.
type Error struct {
	Kind    ErrorKind
	Message string
	// Records names single records, if the refusal is about them. At most
	// maxRecordErrors are listed.
	Records []RecordError
}

// RecordError is one refused record; the batch it came in is refused whole.
type RecordError struct {
	Index   int32 // position within the batch, from 0
	Message string
}

func (e *Error) Error() string { return e.Message }

// maxRecordErrors bounds the answer to a batch of a million bad records.
const maxRecordErrors = 1000

func errorf(kind ErrorKind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

package wire

import "strconv"

// ErrorCode is the error code of a response. As an error it has the message
// that Kafka's tools and clients show for the code.
type ErrorCode int16

type errorCodeInfo struct {
	name      string
	retriable bool
	message   string
}

// info returns false for a code that this release of the protocol does not know.
func (e ErrorCode) info() (errorCodeInfo, bool) {
	i := int(e) - int(UnknownServerError)
	if i < 0 || i >= len(errorCodes) {
		return errorCodeInfo{}, false
	}
	return errorCodes[i], true
}

// Error returns Kafka's default message for the code.
func (e ErrorCode) Error() string {
	if i, known := e.info(); known {
		return i.message
	}
	return "unknown error code " + strconv.Itoa(int(e))
}

// Name returns Kafka's name of the code, for example OFFSET_OUT_OF_RANGE.
func (e ErrorCode) Name() string {
	if i, known := e.info(); known {
		return i.name
	}
	return "UNKNOWN(" + strconv.Itoa(int(e)) + ")"
}

// Retriable tells whether a client may send the same request again and hope for
// another answer.
func (e ErrorCode) Retriable() bool {
	i, _ := e.info()
	return i.retriable
}

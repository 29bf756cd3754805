package api

import (
	"errors"

	"github.com/brolga-io/brolga/internal/wire"
)

// refusal is an error code with a sentence of its own.
type refusal struct {
	code    wire.ErrorCode
	message string
}

// Error implements error.
func (r *refusal) Error() string { return r.message }

// Unwrap lets errorCode find the code.
func (r *refusal) Unwrap() error { return r.code }

func refuse(code wire.ErrorCode, message string) error {
	return &refusal{code: code, message: message}
}

// controllerError turns an error for a whole request to the controller into
// code and message.
func controllerError(err error) (wire.ErrorCode, *string) {
	code := wire.NotController
	var known wire.ErrorCode
	if errors.As(err, &known) {
		code = known
	}
	message := err.Error()
	return code, &message
}

package cli

import (
	"errors"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/brolga-io/brolga/internal/wire"
)

// exception is an error with the name that the Java tools give it: some print
// "class: message", and scripts look for the class.
type exception struct {
	class string
	text  string
	code  wire.ErrorCode // None where it did not come from a broker
	cause error
}

func (e *exception) Error() string { return e.text }

func (e *exception) Unwrap() error { return e.cause }

const errorsPackage = "org.apache.kafka.common.errors."

// exceptionLine is what Throwable.toString prints.
func exceptionLine(err error) string {
	class := exceptionClass(err)
	if err.Error() == "" {
		return class
	}
	return class + ": " + err.Error()
}

func exceptionClass(err error) string {
	var e *exception
	var o *optionError
	switch {
	case errors.As(err, &e):
		return e.class
	case errors.As(err, &o):
		return o.class
	}
	return "org.apache.kafka.common.KafkaException"
}

func illegalArgument(text string) error {
	return &exception{class: "java.lang.IllegalArgumentException", text: text}
}

func timedOut(text string) error {
	return &exception{class: errorsPackage + "TimeoutException", text: text, code: wire.RequestTimedOut}
}

// executionFailed is the wrapper in which Java's futures deliver a failure; its
// message is the cause's class and message.
func executionFailed(err error) error {
	return &exception{class: "java.util.concurrent.ExecutionException", text: exceptionLine(err), cause: err}
}

// brokerError turns an error code of a response into an error; message is the
// broker's own text, or nil for the code's default one.
func brokerError(code int16, message *string) error {
	if code == 0 {
		return nil
	}
	c := wire.ErrorCode(code)
	e := &exception{class: errorsPackage + exceptionOfCode(c), text: c.Error(), code: c}
	if message != nil && *message != "" {
		e.text = *message
	}
	return e
}

func hasCode(err error, code wire.ErrorCode) bool {
	var e *exception
	return errors.As(err, &e) && e.code == code
}

// exceptionOfCode names the Java exception of an error code: most are the
// code's name in camel case plus "Exception".
func exceptionOfCode(c wire.ErrorCode) string {
	if name, odd := oddExceptions[c]; odd {
		return name
	}
	var b strings.Builder
	for _, word := range strings.Split(c.Name(), "_") {
		b.WriteString(word[:1] + strings.ToLower(word[1:]))
	}
	return b.String() + "Exception"
}

var oddExceptions = map[wire.ErrorCode]string{
	-1:  "UnknownServerException",
	2:   "CorruptRecordException",
	7:   "TimeoutException",
	10:  "RecordTooLargeException",
	11:  "ControllerMovedException",
	12:  "OffsetMetadataTooLarge",
	13:  "NetworkException",
	17:  "InvalidTopicException",
	18:  "RecordBatchTooLargeException",
	29:  "TopicAuthorizationException",
	30:  "GroupAuthorizationException",
	31:  "ClusterAuthorizationException",
	36:  "TopicExistsException",
	40:  "InvalidConfigurationException",
	45:  "OutOfOrderSequenceException",
	46:  "DuplicateSequenceException",
	49:  "InvalidPidMappingException",
	50:  "InvalidTxnTimeoutException",
	53:  "TransactionalIdAuthorizationException",
	56:  "KafkaStorageException",
	58:  "SaslAuthenticationException",
	61:  "DelegationTokenDisabledException",
	64:  "UnsupportedByAuthenticationException",
	65:  "DelegationTokenAuthorizationException",
	68:  "GroupNotEmptyException",
	97:  "PrincipalDeserializationException",
	106: "FetchSessionTopicIdException",
	128: "InvalidRegularExpression",
}

// asBrokerError finds an error code that the client library met itself, for
// example while it looked for a coordinator.
func asBrokerError(err error) (error, bool) {
	var k *kerr.Error
	if !errors.As(err, &k) {
		return nil, false
	}
	return brokerError(k.Code, nil), true
}

// notConstructed is the failure of making a client; its reason is the cause.
func notConstructed(kind string, cause error) error {
	return &exception{class: "org.apache.kafka.common.KafkaException", text: "Failed to construct kafka " + kind, cause: cause}
}

// causeLine is the line of a Java stack trace that names the reason, empty
// where there is none.
func causeLine(err error) string {
	var e *exception
	if !errors.As(err, &e) || e.cause == nil {
		return ""
	}
	return "Caused by: " + exceptionLine(e.cause) + "\n"
}

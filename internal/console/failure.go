package console

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/brolga-io/brolga/internal/console/view"
)

// Codes of the console's own failures; all others are Kafka's names of errors.
const (
	codeInvalid         = "INVALID_REQUEST"
	codeNotFound        = "NOT_FOUND"
	codeUnauthenticated = "UNAUTHENTICATED"
	codeReadOnly        = "READ_ONLY"
	codeForbidden       = "FORBIDDEN"
	codeOffline         = "CLUSTER_OFFLINE"
	codeTimedOut        = "TIMED_OUT"
	codeTooMany         = "TOO_MANY_REQUESTS"
	codeNotAvailable    = "NOT_AVAILABLE"
	codeInternal        = "INTERNAL"
)

// failure is an error whose words are for the person at the page.
type failure struct {
	status  int
	code    string
	message string
	field   string
	hint    string
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func (f *failure) problem() view.Problem {
	return view.Problem{Code: f.code, Message: f.message, Field: f.field, Hint: f.hint}
}

func invalid(field, message string) error {
	return &failure{status: http.StatusBadRequest, code: codeInvalid, message: message, field: field}
}

func notFound(message string) error {
	return &failure{status: http.StatusNotFound, code: codeNotFound, message: message}
}

func forbidden(message string) error {
	return &failure{status: http.StatusForbidden, code: codeForbidden, message: message}
}

func tooMany(message string) error {
	return &failure{status: http.StatusTooManyRequests, code: codeTooMany, message: message}
}

// explain turns any error into a failure. ok is false where the cause is not for
// the page: it belongs in the log, under the id.
func explain(err error) (f *failure, ok bool) {
	var own *failure
	var kafka *kerr.Error
	switch {
	case errors.As(err, &own):
		return own, true
	case errors.As(err, &kafka):
		return kafkaFailure(kafka), true
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{status: http.StatusGatewayTimeout, code: codeTimedOut,
			message: "The cluster did not answer in time.", hint: "Look at the overview: a broker may be down."}, true
	case errors.Is(err, context.Canceled):
		return &failure{status: http.StatusServiceUnavailable, code: codeTimedOut, message: "The request was cancelled."}, true
	case unsupported(err):
		return &failure{status: http.StatusNotImplemented, code: "UNSUPPORTED_VERSION",
			message: "The cluster is too old for this: its brokers do not know the request."}, true
	case unreachable(err):
		return &failure{status: http.StatusBadGateway, code: codeOffline, message: "The cluster does not answer: " + reachProblem(err),
			hint: "Check that its brokers run and that this console can reach the addresses that they advertise."}, true
	}
	return &failure{status: http.StatusInternalServerError, code: codeInternal,
		message: "Something went wrong in the console itself.", hint: "The cause is in the server's log, under this id."}, false
}

// kafkaFailure words what a broker answered.
func kafkaFailure(e *kerr.Error) *failure {
	status := http.StatusBadRequest
	switch e {
	case kerr.UnknownTopicOrPartition, kerr.GroupIDNotFound, kerr.UnknownTopicID:
		status = http.StatusNotFound
	case kerr.TopicAlreadyExists, kerr.NonEmptyGroup, kerr.GroupSubscribedToTopic, kerr.ReassignmentInProgress:
		status = http.StatusConflict
	case kerr.TopicAuthorizationFailed, kerr.GroupAuthorizationFailed, kerr.ClusterAuthorizationFailed:
		status = http.StatusForbidden
	case kerr.UnsupportedVersion:
		status = http.StatusNotImplemented
	default:
		if e.Retriable {
			status = http.StatusServiceUnavailable
		}
	}
	return &failure{status: status, code: e.Message, message: e.Description}
}

// brokerFailure is a broker's error with the broker's own words, where it has any.
func brokerFailure(code int16, words *string) error {
	err := kerr.ErrorForCode(code)
	var kafka *kerr.Error
	if err == nil || !errors.As(err, &kafka) {
		return err
	}
	f := kafkaFailure(kafka)
	if words != nil && *words != "" {
		f.message = clip(*words, 1000)
	}
	return f
}

// fail answers with a failure, where nothing has been answered yet.
func (c *call) fail(err error) {
	f, p := c.problem(err)
	b, err := encode(view.Failure{Error: p})
	if err != nil {
		b = []byte("{}")
	}
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.WriteHeader(f.status)
	_ = ignoreGone(writeAll(c.w, b))
}

// problem words an error and keeps what is not for the page in the log.
func (c *call) problem(err error) (*failure, view.Problem) {
	f, ok := explain(err)
	p := f.problem()
	if !ok {
		p.ID = newToken(6)
		c.s.log.Error("A request of the console failed", "id", p.ID, "route", c.route.ID, "err", err)
	}
	return f, p
}

func writeAll(w http.ResponseWriter, b []byte) error {
	_, err := w.Write(b)
	return err
}

// newToken returns n random bytes in hex.
func newToken(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process first
	return hex.EncodeToString(b)
}

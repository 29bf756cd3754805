package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// call is one request to the API, or one look of a subscription, whose w and r
// are nil.
type call struct {
	context.Context
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	who    identity
	vars   func(name string) string
	dryRun bool
	route  *route
}

// maxBodyBytes is the largest body of a request: a produced message and its
// JSON escapes.
const maxBodyBytes = 32 << 20

// readBody decodes the JSON body strictly: an unknown field is a mistake that
// would else pass in silence.
func (c *call) readBody(into any) error {
	if c.r.ContentLength > maxBodyBytes {
		return badBody(&http.MaxBytesError{Limit: maxBodyBytes})
	}
	body := http.MaxBytesReader(c.w, c.r.Body, maxBodyBytes)
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return badBody(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalid("", "The body goes on after its end.")
	}
	return nil
}

func badBody(err error) error {
	var tooLarge *http.MaxBytesError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &tooLarge):
		return &failure{status: http.StatusRequestEntityTooLarge, code: codeInvalid,
			message: fmt.Sprintf("The request is larger than %d bytes.", tooLarge.Limit)}
	case errors.Is(err, io.EOF):
		return invalid("", "The body is missing.")
	case errors.As(err, &typed):
		return invalid(typed.Field, "This is no "+typed.Type.Name()+".")
	}
	return invalid("", "The body is not as expected: "+clip(err.Error(), 200))
}

// broker reads the id in the path.
func (c *call) brokerID() (int32, error) {
	id, err := strconv.ParseInt(c.vars("broker"), 10, 32)
	if err != nil {
		return 0, notFound("There is no such broker.")
	}
	return int32(id), nil
}

// answer writes a JSON body.
func (c *call) answer(a any, err error) error {
	if err != nil {
		return err
	}
	b, err := encode(a)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err = c.w.Write(b)
	return ignoreGone(err)
}

// ignoreGone drops the error of a reader that went away: nobody is left to be
// told.
func ignoreGone(error) error { return nil }

// clip cuts a text of others to at most n bytes.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n] + "…"
}

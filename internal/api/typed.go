package api

import (
	"errors"
	"reflect"

	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

// handler answers one request: it reads the body from r and appends the answer,
// whose header is there already, to out. An error closes the connection.
type handler func(a *API, c *Call, r *wire.Reader, out *server.Response) error

// errNoAnswer closes the connection on behalf of a handler that returned nil.
var errNoAnswer = errors.New("the request is not answered")

// typed makes a handler of a method that takes and returns messages. A nil
// answer closes the connection.
func typed[PQ request[Q], PR response[R], Q, R any](method func(*API, *Call, PQ) PR) handler {
	fields := errorFieldsOf(reflect.TypeFor[R]())
	return func(a *API, c *Call, r *wire.Reader, out *server.Response) error {
		req := PQ(new(Q))
		req.Decode(r, c.Version)
		if err := r.Err(); err != nil {
			return err
		}
		resp := method(a, c, req)
		if resp == nil {
			return errNoAnswer
		}
		var tally errorTally
		tally.addAll(&fields, reflect.ValueOf(resp).Elem())
		c.row.countErrors(&tally)
		out.B = resp.Append(out.B, c.Version)
		return nil
	}
}

type request[Q any] interface {
	*Q
	wire.Request
}

type response[R any] interface {
	*R
	wire.Message
}

package console

import (
	"net/http"
	"reflect"

	"github.com/brolga-io/brolga/internal/console/spec"
	"github.com/brolga-io/brolga/internal/console/view"
)

// route is a row of the table: what the description tells, and what serves it.
type route struct {
	spec.Route
	serve func(*call) error
}

// routeTable is a table under construction.
type routeTable struct {
	tag  string
	rows []route
}

// endpoint is what a row needs to know of its handler.
type endpoint struct {
	form                spec.Form
	query, body, answer reflect.Type
	changes             bool
	serve               func(*call) error
}

func (t *routeTable) row(method, path, id, doc string, e endpoint) *spec.Route {
	t.rows = append(t.rows, route{serve: e.serve, Route: spec.Route{
		Method: method, Path: path, ID: id, Doc: doc, Tag: t.tag,
		Form: e.form, Query: e.query, Body: e.body, Answer: e.answer, Changes: e.changes,
	}})
	return &t.rows[len(t.rows)-1].Route
}

func (t *routeTable) get(path, id, doc string, e endpoint) *spec.Route {
	e.changes = false
	return t.row(http.MethodGet, path, id, doc, e)
}

func (t *routeTable) post(path, id, doc string, e endpoint) *spec.Route {
	return t.row(http.MethodPost, path, id, doc, e)
}

func (t *routeTable) patch(path, id, doc string, e endpoint) *spec.Route {
	return t.row(http.MethodPatch, path, id, doc, e)
}

func (t *routeTable) del(path, id, doc string, e endpoint) *spec.Route {
	return t.row(http.MethodDelete, path, id, doc, e)
}

// typeOf is a type for the description; the empty struct stands for none.
func typeOf[T any]() reflect.Type {
	if t := reflect.TypeFor[T](); t != reflect.TypeFor[struct{}]() {
		return t
	}
	return nil
}

// show answers without a query.
func show[A any](fn func(*call) (A, error)) endpoint {
	return endpoint{form: spec.JSON, answer: typeOf[A](), serve: func(c *call) error {
		a, err := fn(c)
		return c.answer(a, err)
	}}
}

// ask answers a query.
func ask[Q, A any](fn func(*call, Q) (A, error)) endpoint {
	return endpoint{form: spec.JSON, query: typeOf[Q](), answer: typeOf[A](), serve: func(c *call) error {
		var q Q
		if err := c.readQuery(&q); err != nil {
			return err
		}
		a, err := fn(c, q)
		return c.answer(a, err)
	}}
}

// say answers a body that is no change of a cluster.
func say[B, A any](fn func(*call, B) (A, error)) endpoint {
	return endpoint{form: spec.JSON, body: typeOf[B](), answer: typeOf[A](), serve: func(c *call) error {
		var b B
		if err := c.readBody(&b); err != nil {
			return err
		}
		a, err := fn(c, b)
		return c.answer(a, err)
	}}
}

// change is say for a body that changes something, unless dryRun is asked for.
func change[B, A any](fn func(*call, B) (A, error)) endpoint {
	e := say(fn)
	e.changes, e.query = true, typeOf[view.DryRun]()
	return e
}

// act changes something and needs no body.
func act[A any](fn func(*call) (A, error)) endpoint {
	e := show(fn)
	e.changes, e.query = true, typeOf[view.DryRun]()
	return e
}

// lines answers a body with one JSON object a line, as they come.
func lines[B, E any](changes bool, fn func(*call, B, func(E) error) error) endpoint {
	e := endpoint{form: spec.NDJSON, body: typeOf[B](), answer: typeOf[E](), changes: changes}
	if changes {
		e.query = typeOf[view.DryRun]()
	}
	e.serve = func(c *call) error {
		var b B
		if err := c.readBody(&b); err != nil {
			return err
		}
		out := newLineWriter(c)
		return out.finish(fn(c, b, func(e E) error { return out.write(e) }))
	}
	return e
}

// push answers with server-sent events until the reader goes away.
func push[Q, E any](fn func(*call, Q, *eventWriter) error) endpoint {
	return endpoint{form: spec.SSE, query: typeOf[Q](), answer: typeOf[E](), serve: func(c *call) error {
		var q Q
		if err := c.readQuery(&q); err != nil {
			return err
		}
		return fn(c, q, newEventWriter(c))
	}}
}

// file answers with something to be saved.
func file[Q any](form spec.Form, fn func(*call, Q) error) endpoint {
	return endpoint{form: form, query: typeOf[Q](), serve: func(c *call) error {
		var q Q
		if err := c.readQuery(&q); err != nil {
			return err
		}
		return fn(c, q)
	}}
}

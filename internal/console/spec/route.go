package spec

import (
	"reflect"
	"regexp"
)

// Form is what the body of an answer is.
type Form string

// Forms of answers.
const (
	JSON   Form = "application/json"
	NDJSON Form = "application/x-ndjson"
	SSE    Form = "text/event-stream"
	File   Form = "application/octet-stream"
	CSV    Form = "text/csv"
	None   Form = ""
)

// Route is one row of the table of routes, without what serves it.
type Route struct {
	Method string
	Path   string // below the API's root; names in braces
	ID     string // operationId
	Doc    string // one or two sentences
	Tag    string // the noun
	Form   Form
	Query  reflect.Type // a struct, nil: none
	Body   reflect.Type
	Answer reflect.Type // of a stream: of one of its events
	// Changes tells that it changes something: a read-only user may not.
	Changes bool
	// Lab tells that it exists only in a lab.
	Lab bool
}

var pathNames = regexp.MustCompile(`\{([a-z]+)\}`)

// Names are the names in the path.
func (r Route) Names() []string {
	var names []string
	for _, m := range pathNames.FindAllStringSubmatch(r.Path, -1) {
		names = append(names, m[1])
	}
	return names
}

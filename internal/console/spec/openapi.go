package spec

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// object is a JSON object whose fields keep their order.
type object []pair

type pair struct {
	name  string
	value any
}

// MarshalJSON writes the fields in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(p.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// OpenAPI describes the routes, which lie below root.
func OpenAPI(root string, routes []Route) ([]byte, error) {
	doc := object{
		{"openapi", "3.1.0"},
		{"info", object{
			{"title", "brolga console"},
			{"version", "1"},
			{"description", "What the web console does, for everyone. 64-bit numbers are text. Every answer that is not a success is a Failure. Requests that change something take ?dryRun=true, need Content-Type: application/json and come from the console's own origin or from no browser."},
		}},
		{"servers", []object{{{"url", "." + root}}}},
		{"paths", paths(routes)},
		{"components", object{{"schemas", schemas(routes)}}},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return b.Bytes(), err
}

func paths(routes []Route) object {
	var all object
	for _, r := range routes {
		i := slices.IndexFunc(all, func(p pair) bool { return p.name == r.Path })
		if i < 0 {
			all = append(all, pair{r.Path, object{}})
			i = len(all) - 1
		}
		all[i].value = append(all[i].value.(object), pair{strings.ToLower(r.Method), operation(r)})
	}
	return all
}

func operation(r Route) object {
	o := object{{"operationId", r.ID}, {"tags", []string{r.Tag}}, {"summary", r.Doc}}
	if p := parameters(r); len(p) > 0 {
		o = append(o, pair{"parameters", p})
	}
	if r.Body != nil {
		o = append(o, pair{"requestBody", object{{"required", true}, {"content", object{{string(JSON), object{{"schema", schema(r.Body)}}}}}}})
	}
	ok := object{{"description", "done"}}
	if r.Form != None {
		content := object{}
		if r.Answer != nil {
			content = object{{"schema", schema(r.Answer)}}
		}
		ok = append(ok, pair{"content", object{{string(r.Form), content}}})
	}
	failure := object{{"description", "not done"}, {"content", object{{string(JSON), object{{"schema", ref("Failure")}}}}}}
	return append(o, pair{"responses", object{{"200", ok}, {"default", failure}}})
}

func parameters(r Route) []object {
	var all []object
	for _, name := range r.Names() {
		all = append(all, object{{"name", name}, {"in", "path"}, {"required", true}, {"schema", object{{"type", "string"}}}})
	}
	if r.Query != nil {
		for _, f := range fields(r.Query) {
			p := object{{"name", f.name}, {"in", "query"}}
			if f.doc != "" {
				p = append(p, pair{"description", f.doc})
			}
			all = append(all, append(p, pair{"schema", schema(f.typ)}))
		}
	}
	return all
}

func schemas(routes []Route) object {
	var all object
	for _, t := range named(routes) {
		if shapeOf(t) == shapeEnum {
			all = append(all, pair{t.Name(), object{{"type", "string"}, {"enum", values(t)}}})
			continue
		}
		var properties object
		required := []string{}
		for _, f := range fields(t) {
			s := schema(f.typ)
			if f.doc != "" {
				s = described(s, f.doc)
			}
			properties = append(properties, pair{f.name, s})
			if !f.optional {
				required = append(required, f.name)
			}
		}
		all = append(all, pair{t.Name(), object{{"type", "object"}, {"properties", properties}, {"required", required}}})
	}
	slices.SortFunc(all, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	return all
}

func described(s object, doc string) object {
	return append(slices.Clone(s), pair{"description", doc})
}

func ref(name string) object { return object{{"$ref", "#/components/schemas/" + name}} }

// schema is the JSON schema of a type.
func schema(t reflect.Type) object {
	if t.Kind() == reflect.Pointer {
		s := schema(t.Elem())
		return object{{"anyOf", []object{s, {{"type", "null"}}}}}
	}
	switch shapeOf(t) {
	case shapeBool:
		return object{{"type", "boolean"}}
	case shapeInteger:
		return object{{"type", "integer"}}
	case shapeNumber:
		return object{{"type", "number"}}
	case shapeString:
		return object{{"type", "string"}}
	case shapeInt64:
		return object{{"type", "string"}, {"format", "int64"}}
	case shapeList:
		return object{{"type", "array"}, {"items", schema(t.Elem())}}
	case shapeMap:
		return object{{"type", "object"}, {"additionalProperties", schema(t.Elem())}}
	case shapeEnum, shapeObject:
		return ref(t.Name())
	}
	return object{}
}

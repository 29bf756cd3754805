package spec_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/console/spec"
	"github.com/brolga-io/brolga/internal/console/view"
)

type inner struct {
	Offset view.Int64 `json:"offset" doc:"Where."`
}

type thing struct {
	inner
	Names  []string          `json:"names"`
	Level  view.Level        `json:"level,omitempty"`
	Maybe  *int32            `json:"maybe"`
	Absent *float64          `json:"absent,omitempty"`
	Map    map[string]string `json:"map"`
	Raw    json.RawMessage   `json:"raw"`
	Path   []any             `json:"path"`
	Hidden int               `json:"-"`
}

func routes() []spec.Route {
	return []spec.Route{
		{Method: "GET", Path: "/a/{x}/b/{y}", ID: "getThing", Doc: "A thing.", Tag: "t", Form: spec.JSON, Query: reflect.TypeFor[inner](), Answer: reflect.TypeFor[thing]()},
		{Method: "POST", Path: "/a/{x}/b/{y}", ID: "setThing", Doc: "Set it.", Tag: "t", Form: spec.JSON, Body: reflect.TypeFor[thing](), Answer: reflect.TypeFor[thing](), Changes: true},
	}
}

func TestTypeScript(t *testing.T) {
	got := string(spec.TypeScript("/api", routes()))
	for _, want := range []string{
		"export interface thing {\n  /** Where. */\n  offset: Int64;\n  names: string[];\n  level?: Level;\n  maybe: number | null;\n  absent?: number;\n  map: Record<string, string>;\n  raw: unknown;\n  path: unknown[];\n}",
		`export type Level = "good" | "info" | "warning" | "bad";`,
		`setThing: { method: "POST", path: "/a/{x}/b/{y}", form: "application/json", changes: true },`,
		"getThing: { params: { x: string; y: string }; query: inner; body: undefined; answer: thing };",
		"export interface Failure {",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "Hidden") {
		t.Error("what JSON hides is shown")
	}
}

func TestOpenAPI(t *testing.T) {
	b, err := spec.OpenAPI("/api", routes())
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Parameters  []struct{ Name, In string }
		}
		Components struct {
			Schemas map[string]struct {
				Required   []string
				Properties map[string]map[string]any
			}
		}
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	get := doc.Paths["/a/{x}/b/{y}"]["get"]
	if get.OperationID != "getThing" || len(get.Parameters) != 3 || get.Parameters[2].In != "query" {
		t.Errorf("get %+v", get)
	}
	s := doc.Components.Schemas["thing"]
	if strings.Join(s.Required, " ") != "offset names maybe map raw path" || s.Properties["offset"]["format"] != "int64" || s.Properties["level"]["$ref"] != "#/components/schemas/Level" {
		t.Errorf("schema %+v", s)
	}
}

package console_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/brolga-io/brolga/internal/console"
	"github.com/brolga-io/brolga/internal/console/spec"
)

// The committed files are what go generate makes of the table of routes.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	root, routes := console.Spec()
	openapi, err := spec.OpenAPI(root, routes)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]byte{
		"openapi.json":        openapi,
		"ui/src/api/types.ts": spec.TypeScript(root, routes),
	} {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not current: run go generate ./internal/console", path)
		}
	}
}

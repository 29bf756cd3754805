// Command gen writes the description of the console's API and the types of its
// page, from the table of routes. It is run in internal/console by go generate.
package main

import (
	"fmt"
	"os"

	"github.com/brolga-io/brolga/internal/console"
	"github.com/brolga-io/brolga/internal/console/spec"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write() error {
	root, routes := console.Spec()
	openapi, err := spec.OpenAPI(root, routes)
	if err != nil {
		return err
	}
	if err := os.WriteFile("openapi.json", openapi, 0o644); err != nil {
		return err
	}
	return os.WriteFile("ui/src/api/types.ts", spec.TypeScript(root, routes), 0o644)
}

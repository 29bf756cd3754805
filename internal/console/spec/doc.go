// Package spec writes the description of the console's HTTP API: one OpenAPI
// file and the types of the page, both from the table of routes and the Go types
// it names.
//
// The output depends on nothing but the table: the same table gives the same
// bytes, so that a test can tell whether the committed files are current.
//
// Everything is pure and may run anywhere.
//
// It does not serve anything and knows no route by name.
package spec

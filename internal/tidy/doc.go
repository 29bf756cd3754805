// Package tidy holds the rules of the house as tests: layers as written in
// ARCHITECTURE.md, the documentation of each room, the length of files and
// functions, and words that must not appear.
//
// Invariants: there is no list of exceptions. A rule that cannot be kept is
// changed here, for everybody.
//
// Concurrency: none; the tests only read the tree.
//
// It deliberately has no code of its own and judges no style that gofmt or vet
// judge already. summary beside it turns go test's events into closing lines.
package tidy

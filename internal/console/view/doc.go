// Package view is what the console's HTTP API says and hears: plain types, one
// file per noun, with the sentences of the OpenAPI file in their doc tags.
//
// 64-bit numbers of Kafka (offsets, timestamps, sizes, lag) are Int64 and
// travel as text, because the numbers of JavaScript end at 2^53. Lists are
// never null. A field that may be absent says omitempty or omitzero.
//
// The types hold no locks and are copied freely; whoever answers a request owns
// what it answers.
//
// There is no behaviour here: nothing reaches a cluster, nothing is validated.
package view

// Package ui holds the console's pages as they were built, and answers requests
// for them.
//
// Files under assets have their content's hash in their name and may be kept for
// ever; everything else is asked for each time. What was compressed in the build
// is sent as it is. Only what was embedded, or lies in the directory named for
// development, can be had: a path never leaves it.
//
// Pages is not changed after it was opened and may be used by many requests.
//
// It knows nothing of the API and nothing of who asks.
package ui

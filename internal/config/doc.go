// Package config holds every config key once: its name, type, default, the
// values it takes, one line of documentation, and whether it can be changed at
// run time. It reads server.properties, applies --override arguments, checks
// the whole with Kafka's rules and Kafka's sentences, and turns what is stored
// in the metadata log for topics, brokers and groups into typed settings.
//
// Invariants: the tables are those of the pinned Kafka release (a test compares
// them with a recording of it) plus brolga's own keys; they are never changed
// at run time. A value that was accepted once is accepted again. Text of an
// InvalidError is what Kafka says and may be sent to a client as it is.
//
// Concurrency: tables and a loaded Static are read-only and may be shared. An
// Effective is a value: whoever receives new metadata builds a new one.
//
// It deliberately does not open files (a reader is handed in), store anything,
// know which room reacts to which key, or turn environment variables into
// properties.
package config

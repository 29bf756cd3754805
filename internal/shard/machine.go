package shard

// Machine is the state behind a shard. All methods run on the shard's loop.
type Machine interface {
	// Replay applies one record. It is the only thing that changes replicated
	// state: right after an append, on load, and after a restart. It must depend
	// on nothing but the state and its arguments. The record's slices are valid
	// during the call only. An error on load ends the load; an error for a record
	// that was just decided is a bug of the machine.
	Replay(offset int64, r Record) error

	// Loaded is called when the log has been replayed to its end: soft state
	// (timers, queues of waiting answers) is built here. It may Schedule and Submit.
	Loaded(nowMs int64)

	// Unloaded is called when leadership ended or a load was given up: replicated
	// and soft state are dropped, parked answers get err. The shard has already
	// cancelled its timers.
	Unloaded(err error)
}

// Result is what a decision wants.
type Result struct {
	// Records are appended as one batch and replayed; none makes it a read.
	Records []Record
	// Done, if not nil, is called once on the loop: with nil when everything the
	// decision saw is committed, else with an error of this package or of the
	// log's. It must not block.
	Done func(err error)
}

// Decide looks at the head state and says what shall happen. It must not change
// replicated state, and soft state only in a way that survives a refused append.
// nowMs is the wall clock in milliseconds.
type Decide func(nowMs int64) Result

package commitlog

import "github.com/brolga-io/brolga/internal/vfs"

// Env is what all logs of a process share.
type Env struct {
	FS  vfs.FS
	Now func() int64 // ms since 1970
	FDs *FDCache

	// ProducerIDExpirationMs is how long an idle producer id is remembered
	// (producer.id.expiration.ms), see Log.ExpireProducers; 0 stands for a day.
	ProducerIDExpirationMs int64
	// MaxProducerIDs bounds the producer ids one log remembers; 0 stands for
	// 100,000. The ones that wrote least recently go first.
	MaxProducerIDs int

	// LowerRecoveryPoint, if set, is called before a log is truncated below
	// its recovery point and must make the lower one durable. Without it, a
	// crash after the truncation looks like the loss of flushed data.
	LowerRecoveryPoint func(dir string, offset int64) error

	// MakeDir makes the directory of a log that was opened with NotMade. It is
	// called with the log locked. ErrClosed says that the log is about to go.
	MakeDir func(dir string) error

	// Dirty, if set, is told of a log that has bytes to sync for the first
	// time since its last Sync. It is called with the log locked and must not
	// call back.
	Dirty func(*Log)

	// Rolled, if set, is told of a log with cleanup.policy=compact that has begun
	// a new segment: the one before waits to be synced, and may be compacted then.
	// It is called with the log locked and must not call back.
	Rolled func(*Log)

	// Doomed, if set, is told when the first files of deleted segments are due
	// for RemoveDeleted. It is called with the log locked and must not call back.
	Doomed func(l *Log, atMs int64)
}

// tellDoomedLocked says when RemoveDeleted has something to do next.
func (l *Log) tellDoomedLocked() {
	if len(l.doomed) > 0 && l.env.Doomed != nil {
		l.env.Doomed(l, l.doomed[0].atMs)
	}
}

const (
	defaultProducerExpirationMs = 24 * 3600 * 1000
	defaultMaxProducers         = 100_000
)

func (e *Env) producerExpiration() int64 {
	if e.ProducerIDExpirationMs == 0 {
		return defaultProducerExpirationMs
	}
	return e.ProducerIDExpirationMs
}

func (e *Env) maxProducers() int {
	if e.MaxProducerIDs == 0 {
		return defaultMaxProducers
	}
	return e.MaxProducerIDs
}

package replica

import "github.com/brolga-io/brolga/internal/wire"

// FetchPart is one partition of a fetch request or of a fetch session.
type FetchPart struct {
	Name   string    // "" in requests with topic ids
	ID     wire.UUID // zero in requests with names
	Number int32

	offset      int64
	maxBytes    int32
	leaderEpoch int32 // that the client knows, -1 for none

	// Of followers only.
	lastEpoch int32 // leader epoch of the last batch they have, -1 for none
	logStart  int64 // of their log
	durable   int64 // see Flusher
	fresh     bool  // offset was not taken note of yet
	watch     *watch

	replica *Partition // where it was found last; checked before each use

	// What the client of a session was told last; it is told again when one of
	// them changed.
	sentWatermark int64
	sentLogStart  int64

	prev, next *FetchPart
}

// partKey finds a partition in a session. Sessions use either ids or names.
type partKey struct {
	id     wire.UUID
	name   string
	number int32
}

func (fp *FetchPart) key() partKey {
	return partKey{id: fp.ID, name: fp.Name, number: fp.Number}
}

// update takes over what the client wants now.
func (fp *FetchPart) update(p *wire.FetchRequestFetchPartition) {
	fp.offset, fp.maxBytes, fp.leaderEpoch = p.FetchOffset, p.PartitionMaxBytes, p.CurrentLeaderEpoch
	fp.lastEpoch, fp.logStart, fp.durable, fp.fresh = p.LastFetchedEpoch, p.LogStartOffset, p.HighWatermark, true
}

// partList is a list of partitions in the order in which they are read.
type partList struct {
	first, last *FetchPart
	count       int
}

func (l *partList) pushBack(fp *FetchPart) {
	fp.prev, fp.next = l.last, nil
	if l.last != nil {
		l.last.next = fp
	} else {
		l.first = fp
	}
	l.last = fp
	l.count++
}

func (l *partList) remove(fp *FetchPart) {
	if fp.prev != nil {
		fp.prev.next = fp.next
	} else {
		l.first = fp.next
	}
	if fp.next != nil {
		fp.next.prev = fp.prev
	} else {
		l.last = fp.prev
	}
	fp.prev, fp.next = nil, nil
	l.count--
}

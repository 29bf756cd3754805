package replica

import (
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/planted"
)

// FetchResult is what one partition of a fetch is answered with. The offsets
// are unknownOffset when Err is set.
type FetchResult struct {
	Part          *FetchPart
	Err           error
	HighWatermark int64
	LastStable    int64
	LogStart      int64
	// Records are the bytes to send; Bytes is their number, 0 for none.
	Records commitlog.Slice
	Bytes   int
	// Aborted are the transactions that a read_committed consumer must skip.
	Aborted []commitlog.AbortedTxn

	// Preferred is the replica that the consumer should read from instead, or
	// negative (KIP-392).
	Preferred int32
	// Diverging tells a follower that its log and the leader's differ: they have in
	// common at most what the leader has up to EndOffset of Epoch (KIP-595).
	Diverging bool
	Epoch     int32
	EndOffset int64

	lead   *leadership
	follow *followership
}

// Region implements the server's file slice.
func (r *FetchResult) Region() (fd uintptr, pos int64, ok bool) {
	file, pos, _ := r.Records.File()
	if file == nil {
		return 0, 0, false
	}
	return file.Fd(), pos, true
}

// Len implements the server's file slice.
func (r *FetchResult) Len() int { return r.Bytes }

// ReadAt implements the server's file slice.
func (r *FetchResult) ReadAt(p []byte, off int64) (int, error) { return r.Records.ReadAt(p, off) }

// read reads every partition once. urgent says that the answer must not wait:
// there is an error to tell, or nothing to wait for.
func (f *Fetch) read() (bytes int, urgent bool) {
	list := f.parts()
	clear(f.Results)
	f.Results = f.Results[:0]
	urgent = list.count == 0
	for fp := list.first; fp != nil; fp = fp.next {
		f.Results = append(f.Results, FetchResult{
			Part: fp, Preferred: noReplica, HighWatermark: unknownOffset, LastStable: unknownOffset, LogStart: unknownOffset,
		})
		r := &f.Results[len(f.Results)-1]
		var more bool
		more, r.Err = f.readPart(r, f.maxBytes-bytes, bytes == 0)
		if r.Err != nil {
			r.HighWatermark, r.LastStable, r.LogStart = unknownOffset, unknownOffset, unknownOffset
		}
		urgent = urgent || more || r.Err != nil
		bytes += r.Bytes
	}
	return bytes, urgent
}

// readPart reads one partition, at most limit bytes but for the first batch if
// that must be given. more says that there is more to tell than was given, although
// there was room: the read ended with a segment, or another replica is preferred.
func (f *Fetch) readPart(r *FetchResult, limit int, first bool) (more bool, err error) {
	p, err := f.resolve(r.Part)
	if err != nil {
		return false, err
	}
	if err := f.takeRole(r, p); err != nil {
		return false, err
	}
	if err := p.log.Load(); err != nil {
		return false, err
	}
	r.HighWatermark, r.LogStart = p.HighWatermark(), p.log.StartOffset()
	if r.LastStable, err = p.log.LastStableOffset(r.HighWatermark); err != nil {
		return false, err
	}
	end := r.HighWatermark
	if f.committedOnly {
		end = r.LastStable
	}
	if planted.On(planted.FetchAboveWatermark) {
		end = p.log.EndOffset()
	}
	offset := r.Part.offset
	if offset < r.LogStart || offset > p.log.EndOffset() {
		return false, ErrOffsetOutOfRange
	}
	if f.rack != "" && r.lead != nil {
		if r.Preferred = p.preferredReplica(f.rack, offset); r.Preferred != noReplica {
			return true, nil
		}
	}
	if offset >= end || limit <= 0 && !first {
		return false, nil
	}
	limit = max(min(limit, int(r.Part.maxBytes)), 0)
	if r.Records, err = p.log.Read(offset, limit, end, first); err != nil {
		return false, p.report(err)
	}
	r.Bytes = r.Records.Len()
	if f.committedOnly && r.Bytes > 0 {
		r.Aborted, err = p.log.AbortedTxns(offset, r.Records.NextOffset)
	}
	return r.Bytes > 0 && r.Bytes < limit && r.Records.NextOffset < end, err
}

// takeRole finds out whether p may answer: as the leader, or as a follower for those
// that may read from one (KIP-392).
func (f *Fetch) takeRole(r *FetchResult, p *Partition) (err error) {
	if f.deaf {
		return ErrNotLeader
	}
	r.lead, err = p.leaderFor(r.Part.leaderEpoch)
	if err == ErrNotLeader && f.fromFollower {
		r.follow, err = p.followerFor(r.Part.leaderEpoch)
	}
	return err
}

// resolve finds the replica of a partition, which is usually where it was.
func (f *Fetch) resolve(fp *FetchPart) (*Partition, error) {
	if fp.replica != nil && !fp.replica.Gone() {
		return fp.replica, nil
	}
	var err error
	if f.byID {
		fp.replica, err = f.set.FindByID(f.img, fp.ID, fp.Number)
	} else {
		fp.replica, err = f.set.Find(f.img, fp.Name, fp.Number)
	}
	return fp.replica, err
}

// keepReported drops the results that an incremental answer leaves out, and
// brings the session up to date.
func (f *Fetch) keepReported() {
	if f.session == nil {
		return
	}
	kept := f.Results[:0]
	for i := range f.Results {
		if f.session.report(&f.Results[i]) || !f.incremental {
			kept = append(kept, f.Results[i])
		}
	}
	clear(f.Results[len(kept):])
	f.Results = kept
}

func (f *Fetch) releaseSlices() {
	for i := range f.Results {
		if r := &f.Results[i]; r.Bytes > 0 {
			r.Records.Release()
			r.Bytes = 0
		}
	}
}

// Leader says who leads a partition according to the image of the fetch; nil
// when that is not known.
func (f *Fetch) Leader(fp *FetchPart) *metadata.Partition {
	t := f.img.TopicByName(fp.Name)
	if f.byID {
		t = f.img.TopicByID(fp.ID)
	}
	if t == nil {
		return nil
	}
	return t.Partition(fp.Number)
}

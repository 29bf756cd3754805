package simulator

import (
	"encoding/binary"
	"slices"
	"time"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"github.com/brolga-io/brolga/internal/shard"
)

const (
	voters = 3 // of the nodes; further ones are learners
	// entryOffsets is how many offsets an entry of raft's log has for its records.
	entryOffsets = 1 << 14
	tick         = 100 * time.Millisecond
	// never is an election time-out that raft's core does not reach by itself:
	// elections are the simulation's to begin.
	never = 1 << 30
)

// quorum is a process's part in the quorum: raft's core, stepped. It is a shard.Log and
// shard.Confirmer for the controller. Its storage is taken as durable.
type quorum struct {
	p       *process
	rn      *raft.RawNode
	storage *raft.MemoryStorage

	writing  bool   // a Ready is being stored
	last     uint64 // index of the last entry in raft's log
	term     uint64
	lead     uint64
	leads    bool
	heard    time.Duration // of a leader
	patience time.Duration // until an election

	applied   uint64
	end       int64           // exclusive offset of the last applied record
	ended     map[int32]int64 // the same as the leader of each epoch knew it
	onCommit  []func()
	confirms  map[uint64]confirm
	confirmed uint64
	told      int32 // epoch in which the controller was told to lead, 0: it was told not to
	telling   bool
}

type confirm struct {
	epoch int32
	done  func(error)
}

// newStorage is the storage of a node that has never run.
func newStorage(nodes int) *raft.MemoryStorage {
	conf := &raftpb.ConfState{}
	for id := range uint64(nodes) {
		if id < voters {
			conf.Voters = append(conf.Voters, id+1)
		} else {
			conf.Learners = append(conf.Learners, id+1)
		}
	}
	s := raft.NewMemoryStorage()
	first := &raftpb.Snapshot{Metadata: &raftpb.SnapshotMetadata{ConfState: conf, Index: proto.Uint64(1), Term: proto.Uint64(1)}}
	must(s.ApplySnapshot(first))
	must(s.SetHardState(&raftpb.HardState{Term: proto.Uint64(1), Vote: proto.Uint64(0), Commit: proto.Uint64(1)}))
	return s
}

// newQuorum starts raft's core on what is stored. What was applied before is applied
// again, from the snapshot on.
func newQuorum(p *process) *quorum {
	q := &quorum{p: p, storage: p.node.storage, ended: map[int32]int64{}, confirms: map[uint64]confirm{}}
	snapshot, err := q.storage.Snapshot()
	must(err)
	q.applied = snapshot.GetMetadata().GetIndex()
	q.last, _ = q.storage.LastIndex()
	q.rn, err = raft.NewRawNode(&raft.Config{
		ID: uint64(p.node.id), ElectionTick: never, HeartbeatTick: 1, Storage: q.storage, Applied: q.applied,
		MaxSizePerMsg: 1 << 16, MaxInflightMsgs: 64, PreVote: true, Logger: quietLogger{}, DisableProposalForwarding: true,
	})
	must(err)
	q.takeSnapshot(snapshot)
	q.heard = p.w.now()
	q.beImpatient()
	p.w.every(tick, p, "tick", q.tick)
	return q
}

func (q *quorum) beImpatient() {
	q.patience = 300*time.Millisecond + time.Duration(q.p.rng.IntN(600))*time.Millisecond
}

// tick has a leader send heartbeats and begins an election where none is heard of.
func (q *quorum) tick() {
	q.rn.Tick()
	if !q.leads && q.p.node.id <= voters && q.p.w.now()-q.heard > q.patience {
		q.campaign()
	}
	q.pump()
}

func (q *quorum) campaign() {
	q.heard = q.p.w.now()
	q.beImpatient()
	must(q.rn.Campaign())
}

// receive takes a message of another node.
func (q *quorum) receive(m *raftpb.Message) {
	switch m.GetType() {
	case raftpb.MsgApp, raftpb.MsgHeartbeat, raftpb.MsgSnap:
		q.heard = q.p.w.now()
	}
	if err := q.rn.Step(m); err != nil && err != raft.ErrStepPeerNotFound && err != raft.ErrProposalDropped {
		panic("BUG: raft: " + err.Error())
	}
	q.pump()
}

// pump stores what raft wants stored, which takes a moment, and then does the rest.
func (q *quorum) pump() {
	if q.writing || !q.rn.HasReady() {
		return
	}
	rd := q.rn.Ready()
	q.writing = true
	if n := len(rd.Entries); n > 0 {
		q.last = rd.Entries[n-1].GetIndex()
	}
	if !raft.IsEmptySnap(rd.Snapshot) {
		q.last = rd.Snapshot.GetMetadata().GetIndex()
	}
	q.p.w.after(q.p.diskDelay(), q.p, "stored", func() { q.stored(rd) })
}

func (q *quorum) stored(rd raft.Ready) {
	if !raft.IsEmptySnap(rd.Snapshot) {
		must(q.storage.ApplySnapshot(rd.Snapshot))
		q.applied = rd.Snapshot.GetMetadata().GetIndex()
		q.takeSnapshot(rd.Snapshot)
		q.p.w.note("node %d installs the metadata snapshot at %d", q.p.node.id, q.applied)
	}
	must(q.storage.Append(rd.Entries))
	if !raft.IsEmptyHardState(rd.HardState) {
		must(q.storage.SetHardState(rd.HardState))
		q.term = rd.HardState.GetTerm()
	}
	if rd.SoftState != nil {
		q.lead, q.leads = rd.SoftState.Lead, rd.SoftState.RaftState == raft.StateLeader
	}
	for _, m := range rd.Messages {
		to := int32(m.GetTo())
		q.p.w.send(q.p.node.id, to, "raft", func(p *process) { p.quorum.receive(m) })
		if m.GetType() == raftpb.MsgSnap {
			q.rn.ReportSnapshot(m.GetTo(), raft.SnapshotFinish)
		}
	}
	q.apply(rd.CommittedEntries)
	q.rn.Advance(rd)
	q.writing = false
	q.settleConfirms(rd.ReadStates)
	q.tellController()
	if len(rd.CommittedEntries) > 0 {
		q.compact()
		for _, fn := range q.onCommit {
			fn()
		}
	}
	q.pump()
}

// apply hands committed entries on to whoever follows the metadata.
func (q *quorum) apply(entries []*raftpb.Entry) {
	for _, e := range entries {
		q.applied = e.GetIndex()
		if len(e.GetData()) == 0 {
			continue
		}
		recs := decodeRecords(e.GetData())
		q.end = baseOf(e.GetIndex()) + int64(len(recs))
		q.p.feed.take(batchOf{end: q.end, epoch: int32(e.GetTerm()), records: recs})
	}
	if q.leads {
		q.ended[int32(q.term)] = q.end
	}
}

func baseOf(index uint64) int64 { return int64(index) * entryOffsets }

// active is the epoch in which this node is the active controller, or 0: not before
// everything older is applied.
func (q *quorum) active() int32 {
	if term, err := q.storage.Term(q.applied); q.leads && err == nil && term == q.term {
		return int32(term)
	}
	return 0
}

// tellController tells of a leadership that begins or ends: late, as notices are, and
// then what is true at that time.
func (q *quorum) tellController() {
	if q.telling || q.active() == q.told || q.p.controller == nil {
		return
	}
	q.telling = true
	late := q.p.shortly()
	if q.p.rng.IntN(4) == 0 {
		late = time.Duration(q.p.rng.IntN(400)) * time.Millisecond
	}
	q.p.w.after(late, q.p, "leadership", func() {
		q.telling, q.told = false, q.active()
		if q.told == 0 {
			q.p.controller.Resign()
		} else {
			q.p.w.note("node %d is the controller of epoch %d", q.p.node.id, q.told)
			q.p.controller.Lead(q.told)
		}
	})
}

// settleConfirms answers Confirm.
func (q *quorum) settleConfirms(states []raft.ReadState) {
	for _, s := range states {
		id := binary.LittleEndian.Uint64(s.RequestCtx)
		if c, ok := q.confirms[id]; ok {
			delete(q.confirms, id)
			c.done(nil)
		}
	}
	var lost []uint64
	for id, c := range q.confirms {
		if !q.leads || int32(q.term) != c.epoch {
			lost = append(lost, id)
		}
	}
	slices.Sort(lost)
	for _, id := range lost {
		c := q.confirms[id]
		delete(q.confirms, id)
		c.done(shard.ErrNotLeader)
	}
}

// Confirm implements shard.Confirmer.
func (q *quorum) Confirm(epoch int32, done func(error)) {
	if !q.leads || int32(q.term) != epoch {
		done(shard.ErrNotLeader)
		return
	}
	q.confirmed++
	q.confirms[q.confirmed] = confirm{epoch, done}
	q.rn.ReadIndex(binary.LittleEndian.AppendUint64(nil, q.confirmed))
	q.pump()
}

// Append implements shard.Log.
func (q *quorum) Append(epoch int32, recs []shard.Record) (int64, error) {
	if st := q.rn.BasicStatus(); st.RaftState != raft.StateLeader || !q.leads {
		return 0, shard.ErrNotLeader
	} else if int32(st.GetTerm()) != epoch {
		return 0, shard.ErrStaleEpoch
	}
	if len(recs) > entryOffsets {
		return 0, shard.ErrTooLarge
	}
	values := make([][]byte, len(recs))
	for i, r := range recs {
		values[i] = r.Value
	}
	if err := q.rn.Propose(encodeRecords(values)); err != nil {
		return 0, shard.ErrNotLeader // a leadership transfer is under way
	}
	q.last++
	end := baseOf(q.last) + int64(len(recs))
	q.pump()
	return end, nil
}

// Committed implements shard.Log.
func (q *quorum) Committed(epoch int32) int64 { return q.ended[epoch] }

// OnCommit implements shard.Log.
func (q *quorum) OnCommit(fn func()) { q.onCommit = append(q.onCommit, fn) }

// Read implements shard.Log.
func (q *quorum) Read(from int64, fn func(offset int64, r shard.Record) error) (int64, error) {
	snapshot, _ := q.storage.Snapshot()
	next := from
	if end, _, recs := decodeSnapshot(snapshot.GetData()); end > from {
		for _, value := range recs {
			if err := fn(end-1, shard.Record{Value: value}); err != nil {
				return 0, err
			}
		}
		next = end
	}
	first, _ := q.storage.FirstIndex()
	last, _ := q.storage.LastIndex()
	if last < first {
		return next, nil
	}
	entries, err := q.storage.Entries(first, last+1, 1<<40)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		for i, value := range decodeRecords(e.GetData()) {
			offset := baseOf(e.GetIndex()) + int64(i)
			if offset < next {
				continue // the snapshot has it
			}
			if err := fn(offset, shard.Record{Value: value}); err != nil {
				return 0, err
			}
			next = offset + 1
		}
	}
	return next, nil
}

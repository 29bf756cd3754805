package shard_test

import (
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
	"pgregory.net/rapid"
)

// history is what one write was told, with what the log knew at that moment.
type history struct {
	fate  chan error
	key   string
	at    int // position among the writes
	epoch int32
}

// model drives one shard with random commits, failures and elections.
type model struct {
	*fixture
	epoch   int32
	leading bool
	failing bool
	writes  []history
	reads   []chan error
}

// Whatever happens: a write that was acknowledged is in the log for good, one that
// was refused is not, no answer leaves before its commit, and the live state is the
// log's.
func TestRandomSchedules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{fixture: newUnled(t, shardtest.NewLog(), nil)}
		m.log.Hold()
		rt.Repeat(map[string]func(*rapid.T){
			"write":  func(*rapid.T) { m.submitWrite() },
			"read":   func(*rapid.T) { _, fate := m.read("a"); m.reads = append(m.reads, fate) },
			"commit": func(rt *rapid.T) { m.log.CommitTo(rapid.Int64Range(0, m.log.End()).Draw(rt, "to")) },
			"fail":   func(*rapid.T) { m.toggleFailures() },
			"lead":   func(rt *rapid.T) { m.elect(rapid.Bool().Draw(rt, "cut")) },
			"resign": func(*rapid.T) { m.resign() },
			"":       func(rt *rapid.T) { m.flush() },
		})
		m.finish(rt)
	})
}

func (m *model) submitWrite() {
	at := len(m.writes)
	m.writes = append(m.writes, history{fate: m.write(key(at), 1), key: key(at), at: at, epoch: m.epoch})
}

func key(at int) string {
	return "w" + string(rune('0'+at%10)) + "-" + string(rune('a'+at/10%26)) + string(rune('a'+at/260))
}

func (m *model) toggleFailures() {
	m.failing = !m.failing
	if m.failing {
		m.log.FailAppends(shard.ErrStorage)
	} else {
		m.log.FailAppends(nil)
	}
}

// elect begins a new epoch, perhaps after another leader cut the uncommitted tail.
func (m *model) elect(cut bool) {
	m.flush()
	m.epoch++
	m.log.Elect(m.epoch)
	if cut {
		m.log.TruncateTo(m.log.Committed(m.epoch))
	}
	m.shard.Lead(m.epoch)
	m.leading = true
	m.settled()
}

func (m *model) resign() {
	if m.leading {
		m.leading = false
		m.log.Depose()
		m.shard.Resign()
	}
}

func (m *model) finish(rt *rapid.T) {
	m.log.FailAppends(nil)
	m.elect(false)
	m.log.Release()
	shardtest.CheckReplay(m.t, m.shard, m.log, m.machine, newTally())
	survived := map[string]bool{}
	for _, batch := range m.log.Batches() {
		for _, r := range batch {
			survived[string(r.Key)] = true
		}
	}
	m.shard.Close()
	for _, w := range m.writes {
		switch err := <-w.fate; err {
		case nil:
			if !survived[w.key] {
				rt.Fatalf("write %d was acknowledged and is gone", w.at)
			}
		case shard.ErrUnknownOutcome:
		default:
			if survived[w.key] {
				rt.Fatalf("write %d was refused (%v) and is in the log", w.at, err)
			}
		}
	}
	for _, fate := range m.reads {
		<-fate
	}
	m.rt.Close()
}

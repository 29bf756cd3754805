package logdir

import (
	"path/filepath"
	"sync"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// atOncePerSecond is how many directories Create makes itself. A person who
// creates a topic finds its directories as soon as it is there; whoever creates
// thousands of partitions does not wait for the disk.
const atOncePerSecond = 200

// maker is the work of runMaker.
type maker struct {
	wake chan struct{} // capacity 1: queue has grown

	mu       sync.Mutex
	queue    []*partition // oldest first
	secondMs int64        // when the present second began
	atOnce   int          // directories that Create made in it
}

// mayMakeNow says that Create shall make a directory itself.
func (m *maker) mayMakeNow(nowMs int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if nowMs-m.secondMs >= 1000 || nowMs < m.secondMs {
		m.secondMs, m.atOnce = nowMs, 0
	}
	m.atOnce++
	return len(m.queue) == 0 && m.atOnce <= atOncePerSecond
}

// add has the directory of a new partition made by runMaker.
func (m *maker) add(p *partition) {
	m.mu.Lock()
	m.queue = append(m.queue, p)
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// next returns the oldest partition in the queue, or nil.
func (m *maker) next() *partition {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.queue) == 0 {
		m.queue = nil
		return nil
	}
	p := m.queue[0]
	m.queue = m.queue[1:]
	return p
}

// runMaker makes the directories of new partitions, in the order in which these
// were created. wake tells of new ones.
func (d *Dirs) runMaker(wake <-chan struct{}) {
	defer d.wg.Done()
	for {
		select {
		case <-d.stop:
			return
		case <-wake:
		}
		for d.makeNext() {
			select {
			case <-d.stop:
				return // the next start makes the rest
			default:
			}
		}
	}
}

// makeNext makes one directory and returns false if there is none to make.
func (d *Dirs) makeNext() bool {
	p := d.maker.next()
	if p == nil {
		return false
	}
	if err := d.makeNow(p); err != nil {
		d.fail(p.dir, err)
	}
	return true
}

// makeNow makes the directory of p unless it is there.
func (d *Dirs) makeNow(p *partition) error {
	d.makeMu.Lock()
	defer d.makeMu.Unlock()
	return d.makeLocked(p)
}

// makeLocked makes the directory of p and says whose it is. The caller holds
// makeMu, so that nobody finds the directory half made.
func (d *Dirs) makeLocked(p *partition) error {
	if !p.unmade || p.dir.offline() {
		return nil
	}
	path := filepath.Join(p.dir.path, p.tp.String())
	if err := d.fs.MkdirAll(path, 0o755); err != nil {
		return err
	}
	if err := commitlog.WritePartitionMetadata(d.fs, path, FormatID(p.topicID), false); err != nil {
		return err
	}
	p.unmade = false
	return nil
}

// makeDir is commitlog.Env.MakeDir. A partition that is not there any more was
// deleted a moment ago, and so its log is about to be closed.
func (d *Dirs) makeDir(dir string) error {
	tp, _ := commitlog.ParseTopicPartition(filepath.Base(dir))
	d.mu.RLock()
	p := d.partitions[tp]
	d.mu.RUnlock()
	if p == nil {
		return commitlog.ErrClosed
	}
	return d.makeNow(p)
}

// unmake takes a deleted partition from runMaker and returns whether its
// directory was never made.
func (d *Dirs) unmake(p *partition) bool {
	d.makeMu.Lock()
	defer d.makeMu.Unlock()
	never := p.unmade
	p.unmade = false
	return never
}

package logdir

import "github.com/brolga-io/brolga/internal/commitlog"

// steps is the state of the background work when nothing but its owner's calls drives
// it (Config.Stepped): what the goroutines have on their stacks otherwise.
type steps struct {
	housekeeper housekeeper
	lastFlushMs int64
	worker      *commitlog.Compactor
}

// StepFlusher is one look of the flusher.
func (d *Dirs) StepFlusher() {
	d.syncEach(d.takeRolled())
	d.steps.lastFlushMs = d.flushDue(d.steps.lastFlushMs)
}

// StepHousekeeper is one pass of the housekeeper, and makes the directories of new
// partitions.
func (d *Dirs) StepHousekeeper() {
	for d.makeNext() {
	}
	d.steps.housekeeper.pass(d.now())
}

// StepCleaner compacts every log that needs it.
func (d *Dirs) StepCleaner() {
	c := d.cleaners
	if c == nil {
		return
	}
	if d.steps.worker == nil {
		d.steps.worker = c.newWorker()
	}
	for c.cleanDirtiest(d.steps.worker) {
	}
}

// StepCommits does one round of the syncs that were asked for with SyncSoon.
func (d *Dirs) StepCommits() {
	for _, dd := range d.dirs {
		if round := dd.commits.take(nil); len(round) > 0 {
			d.commit(dd, round)
		}
	}
}

// CommitsWaiting tells whether a round of StepCommits has something to do.
func (d *Dirs) CommitsWaiting() bool {
	for _, dd := range d.dirs {
		dd.commits.mu.Lock()
		n := len(dd.commits.next)
		dd.commits.mu.Unlock()
		if n > 0 {
			return true
		}
	}
	return false
}

package logdir

import (
	"errors"
	"hash/crc64"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// idleAfterMs is how long nobody may have appended to a log before it gives
// its buffers and descriptors back.
const idleAfterMs = 60_000

// runHousekeeper does what is due now and then: checkpoints, retention, the
// removal of deleted files, expiry of producer ids, rest for idle logs.
func (d *Dirs) runHousekeeper() {
	defer d.wg.Done()
	tick, stop := d.cfg.NewTicker(d.cfg.CheckpointEvery)
	defer stop()
	h := housekeeper{d: d, lastRetention: d.now()}
	for {
		select {
		case <-d.stop:
			return
		case <-tick:
			h.pass(d.now())
		}
	}
}

// housekeeper is the state of runHousekeeper between passes.
type housekeeper struct {
	d             *Dirs
	lastRetention int64 // ms
}

func (h *housekeeper) pass(nowMs int64) {
	d := h.d
	for _, dd := range d.dirs {
		if dd.offline() {
			continue
		}
		if err := d.checkpoint(dd); err != nil {
			d.fail(dd, err)
			continue
		}
		d.removeDoomed(dd, nowMs)
	}
	h.rest(nowMs)
	d.removeDeleted(nowMs)
	if nowMs-h.lastRetention >= d.cfg.RetentionInterval.Milliseconds() || nowMs < h.lastRetention {
		h.lastRetention = nowMs
		d.Retain(nowMs)
	}
}

// rest lets logs that nobody appends to any more give memory back.
func (h *housekeeper) rest(nowMs int64) {
	for _, l := range h.d.takeIdle(nowMs - idleAfterMs) {
		if err := l.Quiesce(); err != nil {
			h.d.Report(l, err)
		}
	}
}

// Retain enforces retention on all logs and removes segments whose delete
// delay is over, as the housekeeper does every RetentionInterval.
func (d *Dirs) Retain(nowMs int64) {
	uptimeMs := d.cfg.Uptime().Milliseconds()
	d.mu.RLock()
	watermarks, shortened := d.watermarks, d.shortened
	d.mu.RUnlock()
	for _, dd := range d.dirs {
		for _, p := range d.inDir(dd) {
			if dd.offline() {
				break
			}
			if p.log == nil || p.log.Bare() {
				continue
			}
			deleted, err := retain(p, watermarks, nowMs, uptimeMs)
			if err != nil {
				d.Report(p.log, err)
			}
			if deleted > 0 && shortened != nil {
				shortened(p.tp)
			}
		}
	}
	d.removeDeleted(nowMs)
}

func retain(p *partition, watermarks func(commitlog.TopicPartition) (int64, bool), nowMs, uptimeMs int64) (deleted int, err error) {
	highWatermark, ok := int64(0), false
	if watermarks != nil {
		highWatermark, ok = watermarks(p.tp)
	}
	if !ok {
		return 0, nil
	}
	if deleted, err = p.log.EnforceRetention(nowMs, highWatermark); err == nil {
		p.log.ExpireProducers(uptimeMs)
	}
	return deleted, err
}

// checkpoint writes the start offsets and high watermarks of dd down.
func (d *Dirs) checkpoint(dd *dataDir) error {
	d.mu.RLock()
	watermarks := d.watermarks
	d.mu.RUnlock()
	if err := d.writeStarts(dd); err != nil {
		return err
	}
	var marks checkpoint
	for _, p := range d.inDir(dd) {
		if p.log == nil {
			continue
		}
		// To ask for the mark of a log at rest would load it, and it has not moved.
		if watermarks != nil && p.log.Loaded() {
			if hw, ok := watermarks(p.tp); ok {
				marks.add(p.tp, hw)
				continue
			}
		}
		if p.watermark != commitlog.Unknown {
			marks.add(p.tp, p.watermark)
		}
	}
	return d.replace(dd, highWatermarkName, &marks)
}

// replace writes a checkpoint file if its content changed.
func (d *Dirs) replace(dd *dataDir, name string, c *checkpoint) error {
	dd.checkpointMu.Lock()
	defer dd.checkpointMu.Unlock()
	return d.replaceLocked(dd, name, c)
}

func (d *Dirs) replaceLocked(dd *dataDir, name string, c *checkpoint) error {
	data := c.bytes()
	sum := crc64.Checksum(data, crcTable)
	if last, ok := dd.last[name]; ok && last == sum {
		return nil
	}
	if err := vfs.WriteFileAtomic(d.fs, filepath.Join(dd.path, name), data); err != nil {
		return err
	}
	if dd.last == nil {
		dd.last = map[string]uint64{}
	}
	dd.last[name] = sum
	return nil
}

var crcTable = crc64.MakeTable(crc64.ECMA)

func isClosed(err error) bool { return errors.Is(err, commitlog.ErrClosed) }

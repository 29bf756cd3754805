package logdir

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/vfs"
)

// incarnation is what a broker's process leaves in each of its data directories while
// it runs. From it the next one knows, after a kill, that nothing it acknowledged can
// be missing (the claim of KIP-966 that Kafka makes after an orderly end only).
type incarnation struct {
	Version     int   `json:"version"`
	BrokerEpoch int64 `json:"brokerEpoch"`
	// Machine is what Config.Machine said of the directory.
	Machine string `json:"machine"`
	// Fsync: whatever was acknowledged had been synced.
	Fsync bool `json:"fsync"`
	// Registering is as which incarnation a later process has begun to register, "" if
	// none has.
	Registering string `json:"registering,omitempty"`
}

const maxIncarnationFile = 4096

// readIncarnation returns what the process before left; nil for nothing of use.
func readIncarnation(fsys vfs.FS, dir string) (*incarnation, error) {
	b, err := vfs.ReadFile(fsys, filepath.Join(dir, incarnationName), maxIncarnationFile)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, vfs.ErrTooLarge) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	in := new(incarnation)
	if json.Unmarshal(b, in) != nil || in.Version != 1 || in.BrokerEpoch < 0 {
		return nil, nil
	}
	return in, nil
}

// Registered tells under which epoch the controller knows this process, and whether
// everything that is acknowledged from now on has been synced, which must hold for
// what is in the logs already. It is called before the broker is unfenced.
func (d *Dirs) Registered(epoch int64, fsync bool) error {
	d.SetBrokerEpoch(epoch)
	var errs []error
	for _, dd := range d.dirs {
		if dd.offline() {
			continue
		}
		b, err := json.Marshal(incarnation{Version: 1, BrokerEpoch: epoch, Machine: dd.machine, Fsync: fsync})
		if err == nil {
			err = vfs.WriteFileAtomic(d.fs, filepath.Join(dd.path, incarnationName), b)
		}
		if err != nil {
			d.fail(dd, err)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// SetBrokerEpoch tells the epoch that goes into the clean-shutdown mark.
func (d *Dirs) SetBrokerEpoch(epoch int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.brokerEpoch = epoch
}

// intactSince is the epoch of the last process of which this directory certainly has
// everything that was acknowledged, UnknownBrokerEpoch if there is none such: it ended
// orderly, or it synced whatever it acknowledged, or it died alone, so that the system
// still had what it had written, and SyncAll has made that durable.
func (d *Dirs) intactSince(dd *dataDir) int64 {
	last := dd.before
	if dd.offline() {
		return UnknownBrokerEpoch
	}
	for _, p := range d.inDir(dd) {
		if p.lacks(!dd.clean && last != nil && !last.Fsync) {
			return UnknownBrokerEpoch
		}
	}
	switch {
	case dd.clean:
		return dd.brokerEpoch
	case last == nil || !last.Fsync && (!dd.settled || last.Machine == "" || last.Machine != dd.machine):
		return UnknownBrokerEpoch
	}
	return last.BrokerEpoch
}

// lacks tells whether a partition certainly lacks something that it had: it is damaged,
// or ends below its checkpointed high watermark, or, after a kill that took nothing from
// the system, recovery has cut more than the one write that the kill interrupted.
func (p *partition) lacks(killed bool) bool {
	if p.err != nil || p.log == nil {
		return p.err != nil
	}
	if !p.log.Loaded() {
		return false
	}
	r := p.log.Recovered()
	return p.watermark > p.log.EndOffset() || killed && r.CutBytes > 0 && !r.Torn
}

// PreviousBrokerEpoch is the epoch of the last process, if every directory has all
// that was acknowledged under it, and otherwise UnknownBrokerEpoch (KIP-966).
func (d *Dirs) PreviousBrokerEpoch() int64 {
	if len(d.dirs) < len(d.cfg.Dirs) {
		return UnknownBrokerEpoch
	}
	epoch := d.intactSince(d.dirs[0])
	for _, dd := range d.dirs[1:] {
		if d.intactSince(dd) != epoch {
			return UnknownBrokerEpoch
		}
	}
	return epoch
}

// Disown makes the next process claim nothing of this one's, however this one ends: a log
// is known to lack something.
func (d *Dirs) Disown() error {
	d.SetBrokerEpoch(UnknownBrokerEpoch)
	var errs []error
	for _, dd := range d.dirs {
		if dd.offline() {
			continue
		}
		d.disown(dd)
		if err := d.fs.SyncDir(dd.path); err != nil {
			d.fail(dd, err)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// disown takes the incarnation away: after a failed write or sync nobody knows what
// the directory has.
func (d *Dirs) disown(dd *dataDir) {
	_ = d.fs.Remove(filepath.Join(dd.path, incarnationName)) // the directory has failed already
}

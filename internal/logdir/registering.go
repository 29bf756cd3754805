package logdir

import (
	"encoding/json"
	"errors"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/vfs"
)

// Registering makes durable as which incarnation a process is about to register, and
// returns the one to register as. A process may die after the controller gave it an epoch
// and before Registered has written that down. It has not acknowledged anything, so what
// the directories had they still have; but the next process could not prove it, as the
// controller knows another epoch by then. It registers as the same incarnation, and is
// given the same epoch.
//
// A process that cannot claim to have everything takes the claim away for good, before the
// next one finds logs that this one has mended.
func (d *Dirs) Registering(incarnationID UUID) (UUID, error) {
	if d.PreviousBrokerEpoch() == UnknownBrokerEpoch {
		return incarnationID, d.Disown()
	}
	if before := d.registering(); before != (UUID{}) {
		return before, nil
	}
	var errs []error
	for _, dd := range d.dirs {
		claim := incarnation{Version: 1, BrokerEpoch: dd.brokerEpoch, Machine: dd.machine, Fsync: true} // it was closed orderly
		if !dd.clean {
			claim = *dd.before
		}
		claim.Registering = FormatID(incarnationID)
		b, err := json.Marshal(claim)
		if err == nil {
			err = vfs.WriteFileAtomic(d.fs, filepath.Join(dd.path, incarnationName), b)
		}
		if err != nil {
			d.fail(dd, err)
			errs = append(errs, err)
		}
	}
	return incarnationID, errors.Join(errs...)
}

// registering is the incarnation as which a process before this one may have registered
// without having been able to note its epoch; zero if there is none, or not every
// directory agrees.
func (d *Dirs) registering() UUID {
	var id UUID
	for i, dd := range d.dirs {
		if dd.clean || dd.before == nil {
			return UUID{}
		}
		was, ok := ParseID(dd.before.Registering)
		if !ok || i > 0 && was != id {
			return UUID{}
		}
		id = was
	}
	return id
}

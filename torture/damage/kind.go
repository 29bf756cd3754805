package damage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
)

// Kind is the name of a kind of damage, such as "tail-cut" or "index-zeroed".
type Kind string

// Promise is what must hold after a damage to a minority of the replicas, made while the
// others went on without that broker.
type Promise string

// The promises.
const (
	// Harmless: the node has all it had; what is missing is made anew.
	Harmless Promise = "harmless"
	// Replicated: what the node lost or cannot trust comes from the other replicas,
	// without anybody's doing; until then it leads nothing of it.
	Replicated Promise = "replicated"
	// Refuses: the node does not start and says in a sentence what is wrong.
	Refuses Promise = "refuses"
)

// Family is what kinds of damage have in common.
type Family string

// The families.
const (
	Tail      Family = "tail"      // of the active segment of a log
	Auxiliary Family = "auxiliary" // files that can be made anew
	Flip      Family = "flip"      // bits of replicated batches
	Loss      Family = "loss"      // of much or all of a directory
	Identity  Family = "identity"  // of the node
	Quorum    Family = "quorum"    // the metadata log, its snapshots and raft's state
)

// ErrNothing says that there is no file that a kind could damage.
var ErrNothing = errors.New("nothing to damage")

// kind is a row of the table of all kinds.
type kind struct {
	name    Kind
	family  Family
	promise Promise
	apply   func(d *directory) (string, error)
}

// Kinds are all kinds of damage.
func Kinds() []Kind {
	var all []Kind
	for _, k := range table() {
		all = append(all, k.name)
	}
	return all
}

// Of are the kinds of a family.
func Of(f Family) []Kind {
	var all []Kind
	for _, k := range table() {
		if k.family == f {
			all = append(all, k.name)
		}
	}
	return all
}

func table() []kind {
	all := append(tails(), flips()...)
	all = append(all, auxiliaries()...)
	all = append(all, losses()...)
	return append(all, identities()...)
}

func (k Kind) row() (kind, error) {
	for _, row := range table() {
		if row.name == k {
			return row, nil
		}
	}
	return kind{}, fmt.Errorf("no kind of damage is called %q", string(k))
}

// Family is the kind's family, "" for a name that is none.
func (k Kind) Family() Family {
	row, _ := k.row()
	return row.family
}

// Promise is what must hold after the damage, "" for a name that is none.
func (k Kind) Promise() Promise {
	row, _ := k.row()
	return row.promise
}

// Apply damages a data directory and says what it did. The error is ErrNothing if the
// directory has no file of that kind.
func Apply(dataDir string, k Kind, rng *rand.Rand) (what string, err error) {
	row, err := k.row()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(dataDir); err != nil {
		return "", err
	}
	what, err = row.apply(&directory{path: dataDir, rng: rng})
	if err != nil {
		return "", fmt.Errorf("%s in %s: %w", k, dataDir, err)
	}
	return what, nil
}

package damage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// identities are damages to what says who a node is and what it has promised to the
// other voters. None of it can be made anew from anything.
func identities() []kind {
	var all []kind
	for _, s := range spoilings() {
		all = append(all,
			kind{Kind("meta-" + s.name), Identity, Refuses, func(d *directory) (string, error) {
				return d.spoil(part{top: "meta.properties"}, s)
			}},
			kind{Kind("raft-state-" + s.name), Quorum, Refuses, func(d *directory) (string, error) {
				return d.spoil(part{top: filepath.Join(quorumName, "raft-state")}, s)
			}})
	}
	return append(all,
		kind{"quorum-flip", Quorum, Refuses, flipQuorum},
		kind{"quorum-cut", Quorum, Refuses, cutQuorum},
		kind{"quorum-index-deleted", Quorum, Harmless, func(d *directory) (string, error) { return d.quorumFile("*.index", remove) }},
		kind{"quorum-index-corrupt", Quorum, Harmless, func(d *directory) (string, error) { return d.quorumFile("*.index", corrupt) }},
		kind{"quorum-epochs-deleted", Quorum, Harmless, func(d *directory) (string, error) { return d.quorumFile("leader-epoch-checkpoint", remove) }},
		kind{"quorum-epochs-corrupt", Quorum, Harmless, func(d *directory) (string, error) { return d.quorumFile("leader-epoch-checkpoint", corrupt) }},
		kind{"quorum-snapshot-corrupt", Quorum, Harmless, func(d *directory) (string, error) { return d.quorumFile("*.checkpoint", corrupt) }},
	)
}

// quorumFile damages the newest file of a kind in the quorum's directory.
func (d *directory) quorumFile(pattern string, spoil func(d *directory, name string) (string, error)) (string, error) {
	names, err := filepath.Glob(filepath.Join(d.path, quorumName, pattern))
	if err != nil {
		return "", err
	}
	for i := len(names) - 1; i >= 0; i-- {
		what, err := spoil(d, names[i])
		if !errors.Is(err, ErrNothing) {
			return what, err
		}
	}
	return "", ErrNothing
}

// quorumBatch is a batch of the metadata log, of any segment.
func (d *directory) quorumBatch() (name string, all []placed, err error) {
	names, err := filepath.Glob(filepath.Join(d.path, quorumName, "*.log"))
	if err != nil {
		return "", nil, err
	}
	some, batches, err := withBatches(names)
	if err != nil {
		return "", nil, err
	}
	name, err = d.pick(some)
	return name, batches[name], err
}

// flipQuorum flips a bit of the metadata log in what is committed.
func flipQuorum(d *directory) (string, error) {
	name, all, err := d.quorumBatch()
	if err != nil {
		return "", err
	}
	b := all[d.rng.IntN(1+len(all)/2)%len(all)] // the older half: synced and committed
	at := flipIn(b.raw, 1, d.rng)
	return fmt.Sprintf("flipped a bit of %s in %v at %d", d.short(name), b, b.pos+int64(at)), rewrite(name, b.raw, b.pos)
}

// cutQuorum cuts the metadata log in what is synced and committed.
func cutQuorum(d *directory) (string, error) {
	name, all, err := d.quorumBatch()
	if err != nil {
		return "", err
	}
	b := all[len(all)/2]
	return fmt.Sprintf("cut %s at %d, before %v", d.short(name), b.pos, b), os.Truncate(name, b.pos)
}

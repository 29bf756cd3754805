package damage

import (
	"errors"
	"os"
	"path/filepath"
)

// part is a kind of file beside the logs.
type part struct {
	name    string // in the name of a kind
	pattern string // of files in partitions' directories, or
	top     string // the name of the one in the data directory
	promise Promise
}

// parts are the files that a broker makes anew from its logs, or can do without.
func parts() []part {
	return []part{
		{"index", "*.index", "", Harmless},
		{"timeindex", "*.timeindex", "", Harmless},
		{"txnindex", "*.txnindex", "", Harmless},
		{"snapshot", "*.snapshot", "", Harmless},
		{"epochs", "leader-epoch-checkpoint", "", Harmless},
		{"partition-metadata", "partition.metadata", "", Replicated},
		{"recovery-points", "", "recovery-point-offset-checkpoint", Harmless},
		{"high-watermarks", "", "replication-offset-checkpoint", Harmless},
		{"log-starts", "", "log-start-offset-checkpoint", Harmless},
		{"cleaner-offsets", "", "cleaner-offset-checkpoint", Harmless},
		{"clean-mark", "", ".kafka_cleanshutdown", Harmless},
		{"incarnation", "", ".brolga_incarnation", Harmless},
	}
}

func auxiliaries() []kind {
	var all []kind
	for _, p := range parts() {
		for _, s := range spoilings() {
			all = append(all, kind{Kind(p.name + "-" + s.name), Auxiliary, p.promise,
				func(d *directory) (string, error) { return d.spoil(p, s) }})
		}
	}
	return append(all, kind{"pair", Auxiliary, Replicated, pair})
}

// spoil damages one file of a kind.
func (d *directory) spoil(p part, s spoiling) (string, error) {
	names := []string{filepath.Join(d.path, p.top)}
	if p.top == "" {
		var err error
		if names, err = d.files(p.pattern); err != nil {
			return "", err
		}
	}
	var some []string
	for _, name := range names {
		if st, err := os.Stat(name); err == nil && (st.Size() > 0 || s.name == "deleted") && !isTemporary(name) {
			some = append(some, name)
		}
	}
	// A file may be of no use to this way; the next one is.
	for _, i := range d.rng.Perm(len(some)) {
		what, err := s.spoil(d, some[i])
		if !errors.Is(err, ErrNothing) {
			return what, err
		}
	}
	return "", ErrNothing
}

// pair damages two files of different kinds, each in its own way.
func pair(d *directory) (string, error) {
	parts, ways := parts(), spoilings()
	var did []string
	for _, i := range d.rng.Perm(len(parts)) {
		what, err := d.spoil(parts[i], ways[d.rng.IntN(len(ways))])
		if errors.Is(err, ErrNothing) {
			continue
		}
		if err != nil {
			return "", err
		}
		if did = append(did, what); len(did) == 2 {
			return did[0] + "; " + did[1], nil
		}
	}
	return "", ErrNothing
}

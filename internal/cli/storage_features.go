package cli

import (
	"crypto/rand"
	"fmt"

	"github.com/brolga-io/brolga/internal/wire"
)

// newUUID makes a random UUID whose text does not begin with a dash, which a
// command line would take for an option; nor is it one of the reserved ids.
func newUUID() wire.UUID {
	for {
		var id wire.UUID
		rand.Read(id[:]) // never fails: see crypto/rand
		id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
		if id.String()[0] != '-' {
			return id
		}
	}
}

// printVersionMapping shows the levels that go with a release.
func printVersionMapping(env *Env, release string) error {
	if release == "" {
		release = releaseOf(latestMetadataLevel)
	}
	level, err := parseRelease(release, true)
	if err != nil {
		return err
	}
	env.outf("metadata.version=%d (%s)\n", level, release)
	for _, f := range features() {
		env.outf("%s=%d\n", f.name, f.defaultAt(level))
	}
	return nil
}

// printDependencies shows what other levels each of the given ones needs.
func printDependencies(env *Env, wanted []string) error {
	for _, text := range wanted {
		name, level, err := parseFeature(text)
		if err != nil {
			return err
		}
		if name == "metadata.version" {
			release := releaseOf(level)
			if release == "" {
				return formatError(fmt.Sprintf("Unknown metadata.version %d", level))
			}
			env.outf("%s=%d (%s) has no dependencies.\n", name, level, release)
			continue
		}
		f, known := findFeature(name)
		switch {
		case !known:
			return formatError("Unknown feature: " + name)
		case level < 0 || level > f.max:
			return formatError(fmt.Sprintf("Feature level %d is not supported for feature %s", level, name))
		case level > 0 && f.needs > 0:
			env.outf("%s=%d requires:\n    metadata.version=%d (%s)\n", name, level, f.needs, releaseOf(f.needs))
		default:
			env.outf("%s=%d has no dependencies.\n", name, level)
		}
	}
	return nil
}

func findFeature(name string) (feature, bool) {
	for _, f := range features() {
		if f.name == name {
			return f, true
		}
	}
	return feature{}, false
}

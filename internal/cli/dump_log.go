package cli

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
)

// runDumpLog is kafka-dump-log: it prints the files of a partition's directory.
func runDumpLog(env *Env, args []string) int {
	o := newDumpOptions()
	request, err := o.read(env, args)
	if err == nil {
		err = (&dump{dumpRequest: request, options: o, env: env}).run()
	}
	if err == nil {
		return 0
	}
	var exit *exitError
	var u *usageError
	if errors.As(err, &exit) || errors.As(err, &u) {
		return o.parser.stop(env, err)
	}
	env.errln(err.Error())
	return 1
}

// dump is one run of kafka-dump-log.
type dump struct {
	*dumpRequest
	options  *dumpOptions
	env      *Env
	maxBytes int64 // of a segment
	parser   recordParser

	// What does not fit together is told at the end, file by file.
	indexMismatches, mismatchedTimes offsetPairs
	unorderedTimes, missingOffsets   offsetPairs
	gaps                             offsetPairs
}

func (d *dump) run() error {
	for _, file := range d.files {
		d.env.outln("Dumping " + file)
		if err := d.dumpFile(file); err != nil {
			return err
		}
	}
	d.printFindings()
	return nil
}

func (d *dump) dumpFile(file string) error {
	switch filepath.Ext(file) {
	case ".log", ".checkpoint":
		return d.dumpSegment(file)
	case ".index":
		return d.dumpIndex(file)
	case ".timeindex":
		return d.dumpTimeIndex(file)
	case ".snapshot":
		return d.dumpProducerSnapshot(file)
	case ".txnindex":
		return d.dumpTxnIndex(file)
	}
	d.env.errln("Ignoring unknown file " + file)
	return nil
}

func (d *dump) printFindings() {
	d.indexMismatches.each(descending, func(file string) { d.env.errln("Mismatches in :" + file) },
		func(index, log int64) { d.env.errf("  Index offset: %d, log offset: %d\n", index, log) })
	d.mismatchedTimes.each(asFound, func(file string) { d.env.errln("Found timestamp mismatch in :" + file) },
		func(index, log int64) { d.env.errf("  Index timestamp: %d, log timestamp: %d\n", index, log) })
	d.unorderedTimes.each(asFound, func(file string) { d.env.errln("Found out of order timestamp in :" + file) },
		func(index, before int64) {
			d.env.errf("  Index timestamp: %d, Previously indexed timestamp: %d\n", index, before)
		})
	d.missingOffsets.each(asFound, func(file string) { d.env.errln("The following indexed offsets are not found in :" + file) },
		func(index, found int64) { d.env.errf("Indexed offset: %d, found log offset: %d\n", index, found) })
	d.gaps.each(ascending, func(file string) { d.env.errln("Non-consecutive offsets in " + file) },
		func(offset, next int64) { d.env.errf("  %d is followed by %d\n", offset, next) })
}

// absolutePath is how findings name a file.
func absolutePath(file string) string {
	path, err := filepath.Abs(file)
	if err != nil {
		return file
	}
	return path
}

// baseOffset is the number that a file of a segment begins with.
func baseOffset(file string) (int64, error) {
	name, _, _ := strings.Cut(filepath.Base(file), ".")
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return 0, numberFormat(name)
	}
	return n, nil
}

// sibling is another file of the same segment.
func sibling(file, suffix string) string {
	name, _, _ := strings.Cut(filepath.Base(file), ".")
	return filepath.Join(filepath.Dir(absolutePath(file)), name+suffix)
}

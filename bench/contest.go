package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/bench/load"
)

// contest measures one or several rows on brolga, Kafka and, where it can do the
// same, the floor.
type contest struct {
	rows  []against
	nodes int
	// on measures with a broker that is up, warm, and has a new topic; cold goes
	// through a life of its own in an empty directory. One of them is set. They
	// return a value for each row.
	on    func(b *broker) ([]float64, error)
	cold  func(k kind, dir string) ([]float64, error)
	floor bool
	// repeats is how often it is measured at most, 0 is as often as all.
	repeats int
}

// against is a row of the table. All values are better when lower.
type against struct {
	name, what, unit string
	// times is how many times brolga's value Kafka's must be at least, 0 is no goal.
	times float64
	// most is the most that brolga may take: times the floor's value, or in the unit
	// if absolute; 0 is no goal.
	most     float64
	absolute bool
}

// sides are who is measured, in the order in which each repeat does it.
type sides struct {
	brolga, kafka, floor kind
	dir                  string
}

// heat is one repeat of a contest.
type heat struct {
	brolga, kafka, floor []float64 // nil: was not measured
	steady               bool
}

// outcome is what the heats of a contest say.
type outcome struct {
	contest
	heats []heat
	// failed says why a side has no values.
	failed map[string]error
}

// stage holds the brokers that stay up between rows.
type stage struct {
	sides
	nodes         int
	brolga, kafka *broker
}

// raise starts brolga and Kafka and warms them.
func (s sides) raise(nodes int, warm time.Duration) (st *stage, err error) {
	st = &stage{sides: s, nodes: nodes}
	defer func() {
		if err != nil {
			err = errors.Join(err, st.fall())
		}
	}()
	for _, side := range []struct {
		kind kind
		at   **broker
	}{{s.kafka, &st.kafka}, {s.brolga, &st.brolga}} {
		b, err := equal(side.kind, nodes).start(s.dir)
		if err != nil {
			return st, err
		}
		*side.at = b
		if err := b.ready(); err != nil {
			return st, fmt.Errorf("%s: %w: %s", side.kind.name, err, b.lastWords())
		}
		long := warm
		if side.kind.name == s.brolga.name {
			long = min(warm, 15*time.Second) // it has nothing to compile
		}
		if err := b.warm(long); err != nil {
			return st, fmt.Errorf("warming %s: %w", side.kind.name, err)
		}
	}
	return st, nil
}

// equal gives a kind the settings that all sides have.
func equal(k kind, nodes int) kind { return k.of(nodes).with(equalSettings(nodes)...) }

func (st *stage) fall() error {
	var errs []error
	for _, b := range []*broker{st.brolga, st.kafka} {
		if b != nil {
			errs = append(errs, b.stop())
		}
	}
	return errors.Join(errs...)
}

// warmRound is how long a round of warming takes at most on a machine that does
// nothing else; it writes half a million records.
const warmRound = 6 * time.Second

// warm runs every kind of load that is measured, until the time is over and there
// were as many rounds as fit into it: a JVM compiles what it does often.
func (b *broker) warm(d time.Duration) error {
	acks := load.Leader
	if len(b.at) > 1 {
		acks = load.All
	}
	end := time.Now().Add(d)
	for round := range 1000 {
		if round >= int(d/warmRound) && time.Now().After(end) {
			break
		}
		for _, p := range []load.Produce{
			{Conns: 2, InFlight: 5, Records: 100, Size: 100, Bytes: 40e6, Acks: acks},
			{Conns: 2, InFlight: 5, Records: 16, Size: 1000, Bytes: 40e6, Acks: acks},
			{Conns: 2, InFlight: 5, Records: 1000, Size: 1000, Bytes: 40e6, Acks: acks},
			{Conns: 2, InFlight: 100, Records: 1, Size: 100, Bytes: 5e6, Acks: acks},
		} {
			if _, _, err := p.Run(b.addr, partitions); err != nil {
				return err
			}
		}
		if _, _, err := load.CatchUp(b.addr, partitions, 1<<20); err != nil {
			return err
		}
		if _, err := load.Paced(b.addr, acks, 1000, 100, 2, time.Second); err != nil {
			return err
		}
		if _, err := load.RoundTrips(b.addr, acks, 100, time.Second); err != nil {
			return err
		}
		if err := b.renew(); err != nil {
			return err
		}
	}
	return nil
}

// renew gives the broker a new topic in the place of the old one, and waits until
// the old one's files are gone: pages of a file that was just written are not new.
func (b *broker) renew() error {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.addr))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := kadm.NewClient(client).DeleteTopic(ctx, load.Topic); err != nil {
		return err
	}
	if err := b.awaitGone(); err != nil {
		return err
	}
	return load.Create(b.addr, partitions, len(b.at))
}

func (b *broker) awaitGone() error {
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		left := 0
		for _, p := range b.at {
			names, err := filepath.Glob(filepath.Join(p.dir, load.Topic+"-*"))
			if err != nil {
				return err
			}
			left += len(names)
		}
		if left == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: %d directories of a deleted topic are left", b.kind.name, left)
		}
	}
}

// run measures a contest so many times, the sides in turn. st may be nil if it is
// cold.
func (c contest) run(st *stage, s sides, repeats int) outcome {
	if c.repeats > 0 {
		repeats = min(repeats, c.repeats)
	}
	o := outcome{contest: c, failed: map[string]error{}}
	for range repeats {
		before, err := calibrate()
		h := heat{
			brolga: o.measure("brolga", func() ([]float64, error) { return c.side(st.of("brolga"), s.brolga, s.dir) }),
			kafka:  o.measure("kafka", func() ([]float64, error) { return c.side(st.of("kafka"), s.kafka, s.dir) }),
		}
		if c.floor {
			h.floor = o.measure("floor", func() ([]float64, error) { return c.side(nil, s.floor, s.dir) })
		}
		after, afterErr := calibrate()
		h.steady = err == nil && afterErr == nil && before.near(after)
		o.heats = append(o.heats, h)
	}
	return o
}

// measure notes why a side could not be measured, and does not try it again.
func (o *outcome) measure(name string, f func() ([]float64, error)) []float64 {
	if o.failed[name] != nil {
		return nil
	}
	values, err := f()
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %s, %s: %v\n", o.rows[0].name, name, err)
		o.failed[name] = err
		return nil
	}
	return values
}

// side measures once: with the broker that is up, or with one that is started.
func (c contest) side(b *broker, k kind, dir string) (values []float64, err error) {
	switch {
	case c.cold != nil:
		return c.inDir(k, dir)
	case b == nil:
		err = k.of(c.nodes).while(dir, func(b *broker) error {
			values, err = c.on(b)
			return err
		})
		return values, err
	}
	if err := b.renew(); err != nil {
		return nil, err
	}
	return c.on(b)
}

func (c contest) inDir(k kind, parent string) ([]float64, error) {
	if k.name != "floor" {
		k = equal(k, c.nodes)
	}
	dir, err := os.MkdirTemp(parent, k.name)
	if err != nil {
		return nil, err
	}
	values, err := c.cold(k, dir)
	return values, errors.Join(err, os.RemoveAll(dir))
}

// of returns a side's broker, nil if none is up.
func (st *stage) of(name string) *broker {
	switch {
	case st == nil:
		return nil
	case name == "kafka":
		return st.kafka
	}
	return st.brolga
}

// values of a row, of the steady heats if there are some.
func (o *outcome) values(i int, of func(h heat) []float64) (values []float64, steady bool) {
	for _, onlySteady := range []bool{true, false} {
		values = nil
		for _, h := range o.heats {
			if v := of(h); i < len(v) && (h.steady || !onlySteady) {
				values = append(values, v[i])
			}
		}
		if len(values) > 0 {
			return values, onlySteady
		}
	}
	return nil, false
}

// steadyHeats counts those during which the machine did not change.
func (o *outcome) steadyHeats() int {
	return len(slices.DeleteFunc(slices.Clone(o.heats), func(h heat) bool { return !h.steady }))
}

func brolgasOf(h heat) []float64 { return h.brolga }
func kafkasOf(h heat) []float64  { return h.kafka }
func floorsOf(h heat) []float64  { return h.floor }

// middle is the median, NaN of nothing.
func middle(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return median(values)
}

// wanted tells whether one of the contest's rows is meant by one of the names.
func (c contest) wanted(names []string) bool {
	return len(names) == 0 || slices.ContainsFunc(c.rows, func(r against) bool {
		return slices.ContainsFunc(names, func(name string) bool { return means(name, r.name) })
	})
}

// means tells whether a name stands for a row: c1p50 is meant by c1p50, c1 and c.
func means(name, row string) bool {
	rest, ok := strings.CutPrefix(row, name)
	switch {
	case !ok || name == "":
		return false
	case rest == "":
		return true
	case digit(name[len(name)-1]):
		return !digit(rest[0])
	}
	return len(name) == 1 && digit(rest[0])
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

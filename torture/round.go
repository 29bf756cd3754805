package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/torture/clock"
	"github.com/brolga-io/brolga/torture/cluster"
	"github.com/brolga-io/brolga/torture/disk"
	"github.com/brolga-io/brolga/torture/load"
	"github.com/brolga-io/brolga/torture/proxy"
	"github.com/brolga-io/brolga/torture/schedule"
)

const (
	topic      = "torture"
	partitions = 6
	minISR     = 2

	formLimit = 60 * time.Second
	// healLimit is how long everything may take to be in order again after the last
	// fault: I24 says 60 s, and rounds share a machine.
	healLimit = 120 * time.Second
	stopLimit = 40 * time.Second
	diskMiB   = 512
	calm      = 2 * time.Second
)

// round is one run.
type round struct {
	*options
	shape
	begin   time.Time
	cluster *cluster.Cluster
	client  *kgo.Client
	admin   *kadm.Client
	load    *load.Load
	nemesis *schedule.Nemesis
	disks   map[int]*disk.Disk
	proxy   *proxy.Proxy
	h       *history.History

	mu       sync.Mutex
	findings []string // of faults, while they happen
}

// runRound runs one round and returns the exit code.
func runRound(ctx context.Context, o *options) int {
	for _, f := range o.families() {
		if why := o.obstacle(f); why != "" {
			fmt.Fprintf(os.Stderr, "torture: %s: %s\n", f, why)
			return trouble
		}
	}
	r := &round{options: o, shape: o.shape(), begin: time.Now(), h: &history.History{MinISR: minISR}}
	r.say("seed %d: %v", o.seed, r.shape)
	code := trouble
	defer func() { r.close(code) }()
	v := verdict{Seed: o.seed, Shape: r.shape.String(), Seconds: o.seconds}
	if err := r.run(ctx, &v); err != nil {
		v.Trouble = append(v.Trouble, err.Error())
	}
	if r.load != nil {
		v.Trouble = append(v.Trouble, r.load.Trouble()...)
	}
	v.Found = append(v.Found, r.findings...)
	code = v.close(r)
	return code
}

// run does everything up to the judgement.
func (r *round) run(ctx context.Context, v *verdict) error {
	if err := r.form(ctx); err != nil {
		return err
	}
	time.Sleep(calm)
	r.sample(false)
	faults, cancel := context.WithTimeout(ctx, time.Duration(r.seconds)*time.Second)
	defer cancel()
	r.nemesis.Run(faults)
	<-faults.Done()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := r.heal(ctx, v); err != nil {
		v.Found = append(v.Found, "I24 liveness after heal: "+err.Error())
		r.load.Stop()
		return nil
	}
	r.load.Stop()
	if err := r.load.Finish(); err != nil {
		v.Found = append(v.Found, "I24 liveness after heal: "+err.Error())
	}
	time.Sleep(calm)
	r.sample(true)
	return r.judge(v)
}

// form starts cluster, clients and nemesis.
func (r *round) form(ctx context.Context) error {
	var err error
	if r.cluster, err = cluster.New(r.clusterOptions()); err != nil {
		return err
	}
	if err := r.cluster.Start(); err != nil {
		return err
	}
	if r.client, err = r.cluster.Client(); err != nil {
		return err
	}
	r.admin = kadm.NewClient(r.client)
	if err := r.cluster.Await(ctx, formLimit); err != nil {
		return fmt.Errorf("the cluster does not form: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, formLimit)
	defer cancel()
	// Small segments: rolls, indexes and deletions are a part of the story.
	// Clocks are wrong, which is no reason to delete or to refuse anything.
	configs := map[string]*string{"segment.bytes": kadm.StringPtr("1048576"), "retention.ms": kadm.StringPtr("-1"),
		"message.timestamp.after.max.ms": kadm.StringPtr(fmt.Sprint(math.MaxInt64))}
	if err := r.cluster.CreateTopic(limited, r.admin, topic, partitions, configs); err != nil {
		return err
	}
	// Nodes are compared with what they use without clients, before and after.
	r.sample(true)
	r.load, err = load.Start(load.Options{Seeds: r.cluster.Addresses(), Topic: topic, Partitions: partitions, Rate: r.rate, Library: r.shape.library, Logs: r.dir,
		Begin: r.begin, Say: r.say}, r.h)
	if err != nil {
		return err
	}
	r.nemesis = &schedule.Nemesis{Seed: r.seed, Families: r.shape.families, Begin: r.begin, World: schedule.World{
		Cluster: r.cluster, Client: r.client, Admin: r.admin, Topic: topic, Partitions: partitions, Groups: load.Groups(), Say: r.say,
		Socket: r.socket, Disks: r.disks, Proxy: r.proxy, Durable: r.shape.durability == "fsync", Older: r.older, Newer: r.binary, Found: r.found,
		Read: r.load.Read, History: r.h, Now: func() time.Duration { return time.Since(r.begin) },
	}}
	return nil
}

// clusterOptions are what the shape needs.
func (r *round) clusterOptions() cluster.Options {
	o := cluster.Options{
		Dir: r.dir, Binary: r.binary, Nodes: r.shape.nodes, Isolated: cluster.InWorld(), Dynamic: r.shape.has("quorum"), Say: r.say, Before: r.rehearse,
		Properties: map[string]string{"log.durability": r.shape.durability, "min.insync.replicas": fmt.Sprint(minISR), "offsets.retention.minutes": fmt.Sprint(math.MaxInt32),
			"metadata.max.retention.ms": fmt.Sprint(math.MaxInt64)},
	}
	if r.shape.has("clock") {
		o.Binary = r.tagged
		o.Env = func(id int) []string { return []string{clock.Variable + "=" + r.socket(id)} }
	}
	if r.shape.has("upgrade") {
		o.Binary = r.older
	}
	if r.shape.has("power", "blackout", "full", "eio") {
		r.disks = map[int]*disk.Disk{}
		o.DataDir = func(id int) (string, error) {
			d, err := disk.Make(r.dir, fmt.Sprint("disk", id), diskMiB)
			if err != nil {
				return "", err
			}
			r.disks[id] = d
			return filepath.Join(d.Path(), "logs"), nil
		}
	}
	if r.shape.has("proxy") {
		r.proxy = proxy.New(slog.New(slog.DiscardHandler))
		o.Front = func(id int, listener, address string) (string, error) {
			return r.proxy.Front(schedule.Front(listener, id), o.Listen(), address)
		}
	}
	return o
}

// socket takes orders for a node's clock.
func (r *round) socket(id int) string { return filepath.Join(r.dir, fmt.Sprint("clock", id)) }

// heal takes everything back and waits until all is in order, and until producers must
// get their answers again.
func (r *round) heal(ctx context.Context, v *verdict) error {
	if err := r.cluster.Heal(); err != nil {
		return err
	}
	r.h.Record(func(h *history.History) { h.Healed = time.Since(r.begin) })
	wait := func(what string, limit time.Duration, done func() error) error {
		begin := time.Now()
		err := r.cluster.Eventually(ctx, healLimit, done)
		one := history.Wait{What: what, Took: time.Since(begin), Limit: limit, Done: err == nil}
		r.h.Record(func(h *history.History) { h.Waits = append(h.Waits, one) })
		v.Healed = max(v.Healed, one.Took.Seconds())
		return err
	}
	if err := wait("every partition has a leader", history.LeaderLimit, func() error { return r.cluster.Led(ctx, topic, "__consumer_offsets") }); err != nil {
		return err
	}
	if err := wait("all replicas are in sync", history.ISRLimit, func() error { return r.cluster.Whole(ctx, topic, "__consumer_offsets") }); err != nil {
		return err
	}
	r.sample(false)
	time.Sleep(history.LeaderLimit + calm - (time.Since(r.begin) - r.h.Healed))
	return nil
}

// say prints a line of the round.
func (r *round) say(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Printf("[%d] %s\n", r.seed, fmt.Sprintf(format, args...))
}

// found notes a contradiction that a fault saw itself.
func (r *round) found(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.findings = append(r.findings, fmt.Sprintf(format, args...))
}

// close ends everything. The files of a round that failed are kept beside its logs: disks
// of their own go away with their images.
func (r *round) close(code int) {
	if r.load != nil {
		r.load.Stop()
	}
	if r.client != nil {
		r.client.Close()
	}
	if r.cluster != nil {
		r.cluster.Close()
	}
	if r.proxy != nil {
		r.proxy.Close()
	}
	for id, d := range r.disks {
		var err error
		if code == failed || code == trouble {
			err = os.CopyFS(filepath.Join(r.dir, fmt.Sprintf("files%d", id)), os.DirFS(d.Path()))
		}
		if err := errors.Join(err, d.Close()); err != nil {
			r.say("%v", err)
		}
	}
}

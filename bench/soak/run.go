package main

import (
	"context"
	"errors"
	"fmt"

	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/bench/load"
)

// run is one soak.
type run struct {
	fleet   *fleet
	client  *kgo.Client // for admin requests and single records
	ledger  *ledger
	load    loadCounts
	begun   time.Time
	samples []sample // only runSamples writes them
	csv     *samplesFile
	version string
	wg      sync.WaitGroup // of everything that runs
	end     context.CancelCauseFunc

	problems []string // what was found after the load
}

// hold starts the cluster, keeps the load on it, and looks at what is left. An
// error is of the run itself; what the cluster did wrong is in the report.
func hold(ctx context.Context, binary, dir string, whole time.Duration) (r *run, err error) {
	r = &run{ledger: newLedger()}
	if out, err := exec.Command(binary, "version").Output(); err == nil {
		r.version = strings.TrimSpace(string(out))
	}
	if r.fleet, err = newFleet(binary, dir); err != nil {
		return nil, err
	}
	defer r.fleet.kill()
	for _, n := range r.fleet.nodes {
		if err := r.fleet.start(n); err != nil {
			return nil, err
		}
	}
	r.client, err = kgo.NewClient(kgo.SeedBrokers(r.fleet.seeds()...), kgo.RecordDeliveryTimeout(30*time.Second))
	if err != nil {
		return nil, err
	}
	defer r.client.Close()
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	if r.csv, err = newSamplesFile(filepath.Join(dir, "samples.csv")); err != nil {
		return nil, err
	}
	defer r.csv.close()
	if err := r.under(ctx, whole); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, errors.New("interrupted")
	}
	return r, r.look()
}

// prepare waits for the brokers and makes the topics.
func (r *run) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := r.awaitBrokers(ctx); err != nil {
		return err
	}
	// The probe's topic has one replica, on node 1, which is never restarted.
	if err := load.Create(r.fleet.nodes[0].addr, 1, 1); err != nil {
		return fmt.Errorf("the probe's topic: %w", err)
	}
	return r.createTopics(ctx)
}

// under keeps the load on until the time is over or something of it fails.
func (r *run) under(ctx context.Context, whole time.Duration) error {
	ctx, r.end = context.WithCancelCause(ctx)
	defer r.end(nil)
	ctx, cancel := context.WithTimeout(ctx, whole)
	defer cancel()
	r.begun = time.Now()
	parts := []func(context.Context) error{
		r.runKeyed, r.runExpired, r.runReader, r.runReader, r.runGroups, r.runChurn,
		r.runPages, r.runStreams, r.runRestarts, r.runSamples, r.runAudit,
	}
	for i := range codecs() {
		parts = append(parts, func(ctx context.Context) error { return r.runKept(ctx, i) })
	}
	for _, part := range parts {
		r.wg.Go(func() { r.note(part(ctx)) })
	}
	<-ctx.Done()
	r.wg.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) && !errors.Is(cause, context.Canceled) {
		r.problem("the load ended after %v: %v", time.Since(r.begun).Round(time.Second), cause)
	}
	return nil
}

// note ends the run when a part of it fails.
func (r *run) note(err error) {
	if err != nil {
		r.end(err)
	}
}

func (r *run) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// look brings all nodes up and compares what they hold with what was acknowledged,
// then stops them in an orderly way and reads their logs.
func (r *run) look() error {
	for _, n := range r.fleet.nodes {
		pid, _, err := n.running()
		if err != nil {
			r.problem("%v", err)
		}
		if pid == 0 {
			if err := r.fleet.start(n); err != nil {
				return err
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := r.awaitBrokers(ctx); err != nil {
		r.problem("%v", err)
	}
	if found, err := r.readKept(ctx); err != nil {
		r.problem("reading the kept topic: %v", err)
	} else if err := r.ledger.checkKept(found); err != nil {
		r.problem("%v", err)
	}
	if found, err := r.readKeys(ctx); err != nil {
		r.problem("reading the compacted topic: %v", err)
	} else if err := r.ledger.checkKeys(found); err != nil {
		r.problem("%v", err)
	}
	for _, n := range r.fleet.nodes {
		if _, err := n.end(syscall.SIGTERM); err != nil {
			r.problem("%v", err)
		}
		if err := n.readLog(r.problem); err != nil {
			return err
		}
	}
	return nil
}

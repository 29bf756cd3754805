package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/brolga-io/brolga/torture/cluster"
)

// rounds runs all rounds, each in a process of its own, and returns the exit code of
// the worst one.
func rounds(ctx context.Context, o *options) int {
	var mu sync.Mutex
	var running sync.WaitGroup
	count := map[int]int{}
	slots := make(chan struct{}, o.parallel)
	for i := range o.rounds {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		running.Go(func() {
			code := one(ctx, o, o.seed+uint64(i))
			mu.Lock()
			count[code]++
			mu.Unlock()
			<-slots
		})
	}
	running.Wait()
	if o.rounds > 1 {
		fmt.Printf("%d rounds: %d passed, %d failed, %d inconclusive, %d in trouble\n", o.rounds, count[passed], count[failed], count[inconclusive], count[trouble])
	}
	for _, code := range []int{failed, trouble, inconclusive} {
		if count[code] > 0 {
			return code
		}
	}
	return passed
}

// one runs a round, again if it was inconclusive and may be tried again.
func one(ctx context.Context, o *options, seed uint64) int {
	code := inconclusive
	for try := 0; try < max(1, o.tries) && code == inconclusive && ctx.Err() == nil; try++ {
		dir, err := os.MkdirTemp(o.dir, fmt.Sprintf("torture-%d-", seed))
		if err != nil {
			fmt.Fprintln(os.Stderr, "torture:", err)
			return trouble
		}
		if code, err = cluster.Enter(ctx, o.args(seed, dir), roundVariable+"=1"); err != nil {
			fmt.Fprintln(os.Stderr, "torture:", err)
			code = trouble
		}
		if code == passed && !o.keep || ctx.Err() != nil {
			err = os.RemoveAll(dir)
		} else {
			fmt.Printf("seed %d: its data is in %s\n", seed, dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "torture:", err)
		}
	}
	if ctx.Err() != nil {
		return trouble
	}
	return code
}

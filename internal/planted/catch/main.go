// Command catch plants each bug of package planted and tells which test notices it.
// make planted runs it with the test that is known to catch each bug; with -search it
// runs tier after tier until one does, which takes much longer, and is how that test is
// found.
//
//	go run ./internal/planted/catch [-search] [-table docs/torture-planted.md] [bug…]
//
// It ends with 1 if a bug was not caught, or if a test fails without any bug.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/brolga-io/brolga/internal/planted"
)

func main() {
	search := flag.Bool("search", false, "look in all tiers, cheapest first, instead of at the known test")
	table := flag.String("table", "", "file to write the table of what was caught into")
	flag.Parse()
	if err := run(*search, *table, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "planted:", err)
		os.Exit(1)
	}
}

func run(search bool, table string, names []string) error {
	bugs, err := chosen(names)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "brolga-planted")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h := &hunt{binaries: binaries{dir: dir, built: map[string]string{}, rapid: map[string]bool{}}}
	begin := time.Now()
	look := h.known
	if search {
		look = h.search
	} else if err := h.healthy(bugs); err != nil {
		return err
	}
	var caught []catch
	missed := 0
	for _, b := range bugs {
		c, err := look(b)
		if err != nil {
			return err
		}
		if c.test == "" {
			missed++
		}
		fmt.Println(c)
		caught = append(caught, c)
	}
	fmt.Printf("planted: %d bugs, %d caught, %d not, in %s\n", len(bugs), len(bugs)-missed, missed, time.Since(begin).Round(time.Second))
	if table != "" {
		if err := writeTable(table, caught); err != nil {
			return err
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d bugs went unnoticed: a test is missing", missed)
	}
	return nil
}

// chosen are the bugs of those names, all for none.
func chosen(names []string) ([]planted.Bug, error) {
	if len(names) == 0 {
		return planted.All(), nil
	}
	var bugs []planted.Bug
	for _, name := range names {
		b, ok := planted.Named(name)
		if !ok {
			return nil, fmt.Errorf("there is no bug %q", name)
		}
		bugs = append(bugs, b)
	}
	return bugs, nil
}

package cluster

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Use is what a node's process has of the machine.
type Use struct {
	// Descriptors are the open ones, but not the first one of each file in the node's
	// directory: a log has more files the longer it is.
	Descriptors int
	MemoryBytes int64 // resident
	Goroutines  int   // by its metrics
}

// Use asks the system and the process.
func (n *Node) Use() (Use, error) {
	pid := n.Pid()
	if pid == 0 {
		return Use{}, fmt.Errorf("node %d does not run", n.ID)
	}
	var u Use
	var err error
	if u.Descriptors, err = descriptors(fmt.Sprintf("/proc/%d/fd", pid), n.Data); err != nil {
		return Use{}, err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return Use{}, err
	}
	var size, resident int64
	if _, err := fmt.Fscan(strings.NewReader(string(text)), &size, &resident); err != nil {
		return Use{}, err
	}
	u.MemoryBytes = resident * int64(os.Getpagesize())
	u.Goroutines, err = n.goroutines()
	return u, err
}

// descriptors counts what a directory of links to open files has, but each file below
// data that still has a name only from the second one on.
func descriptors(links, data string) (int, error) {
	all, err := os.ReadDir(links)
	if err != nil {
		return 0, err
	}
	count, seen := 0, map[string]bool{}
	for _, one := range all {
		to, err := os.Readlink(filepath.Join(links, one.Name()))
		if err != nil {
			continue // it is closed by now
		}
		if strings.HasPrefix(to, data+"/") && !strings.HasSuffix(to, " (deleted)") && !seen[to] {
			seen[to] = true
			continue
		}
		count++
	}
	return count, nil
}

// metricsLimit is how long a node may take to say what it measures.
const metricsLimit = 5 * time.Second

func (n *Node) goroutines() (int, error) {
	client := http.Client{Timeout: metricsLimit, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + n.Metrics + "/metrics")
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return goroutinesOf(resp.Body)
}

// goroutinesOf finds the number in a page of metrics.
func goroutinesOf(page io.Reader) (int, error) {
	lines := bufio.NewScanner(page)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "go_goroutines "); ok {
			return strconv.Atoi(text)
		}
	}
	if err := lines.Err(); err != nil {
		return 0, err
	}
	return 0, fmt.Errorf("no goroutines are among the metrics")
}

package cluster

import (
	"fmt"
	"os"
	"strings"
)

// Use is how many files the node's process has open and how much memory it has.
func (n *Node) Use() (files int, memoryBytes int64, err error) {
	pid := n.Pid()
	if pid == 0 {
		return 0, 0, fmt.Errorf("node %d does not run", n.ID)
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return 0, 0, err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, 0, err
	}
	var size, resident int64
	if _, err := fmt.Fscan(strings.NewReader(string(text)), &size, &resident); err != nil {
		return 0, 0, err
	}
	return len(open), resident * int64(os.Getpagesize()), nil
}

package node

import "fmt"

// fsyncs tells whether acknowledged records are on the disks (log.durability=fsync).
func (n *Node) fsyncs() bool { return n.cfg.String("log.durability") == "fsync" }

// settleDurability makes durable what was written before this process, so that from
// now on everything below the recovery points may be promised.
func (n *Node) settleDurability() error {
	if !n.fsyncs() {
		return nil
	}
	if err := n.dirs.SyncAll(); err != nil {
		return fmt.Errorf("make the logs durable (log.durability=fsync): %w", err)
	}
	return nil
}

package node

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/brolga-io/brolga/internal/wire"
)

// fsyncs tells whether acknowledged records are on the disks (log.durability=fsync).
func (n *Node) fsyncs() bool { return n.cfg.String("log.durability") == "fsync" }

// settleDurability makes durable what was written before this process: with fsync,
// everything in the logs may be promised from now on, and if the process before was
// killed, nothing that it acknowledged can be missing any more. A node that is alone
// does not need the latter: nobody takes its place.
func (n *Node) settleDurability() error {
	if n.cfg.Alone() && !n.fsyncs() {
		return nil
	}
	if err := n.dirs.SyncAll(); err != nil {
		return fmt.Errorf("make the logs durable: %w", err)
	}
	return nil
}

// incarnation is as which this process registers. A directory that fails is offline.
func (n *Node) incarnation() wire.UUID {
	if n.cfg.Alone() {
		return newUUID()
	}
	id, err := n.dirs.Registering(newID())
	if err != nil {
		n.log.Error("It could not be written to every data directory that the broker registers", "broker", n.cfg.NodeID(), "err", err)
	}
	return wire.UUID(id)
}

// noteRegistration leaves in the data directories under which epoch this process is
// known, before the controller lets it lead.
func (n *Node) noteRegistration(epoch int64) error {
	if n.cfg.Alone() {
		n.dirs.SetBrokerEpoch(epoch)
		return nil
	}
	return n.dirs.Registered(epoch, n.fsyncs())
}

// bootIDFile holds an id that Linux makes up at each start of the system.
const bootIDFile = "/proc/sys/kernel/random/boot_id"

// machineOf names this run of the system and the directory's mount, "" if it cannot be
// told: whatever a process wrote is still there while both are the same.
func machineOf(dir string) string {
	boot, err := os.ReadFile(bootIDFile)
	if err != nil {
		return ""
	}
	info, err := os.Stat(dir)
	if err != nil {
		return ""
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s %d:%d", strings.TrimSpace(string(boot)), stat.Dev, stat.Ino)
}

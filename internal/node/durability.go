package node

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	durabilityKey = "log.durability"
	durableFsync  = "fsync"
	// recordPause lies between two attempts to have the setting recorded.
	recordPause = time.Second
)

// durability is what log.durability is in force. It is recorded once for the whole
// cluster: a leader's promise is also about its followers' disks. Until then each
// node's own configuration counts.
type durability struct {
	told   bool          // the person was told what counts
	record chan struct{} // capacity 1: nothing is recorded, and this node's file says something
	stop   chan struct{}
	done   chan struct{}

	mu    sync.Mutex // held while the directories are told
	fsync bool
	epoch int64 // of this process, once it is known
}

func newDurability() *durability {
	return &durability{record: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
}

// fsyncs tells whether acknowledged records are on the disks (log.durability=fsync).
func (n *Node) fsyncs() bool {
	n.durability.mu.Lock()
	defer n.durability.mu.Unlock()
	return n.durability.fsync
}

// settleDurability makes durable what was written before this process: with fsync,
// everything in the logs may be promised from now on, and if the process before was
// killed, nothing that it acknowledged can be missing any more. A node that is alone
// does not need the latter: nobody takes its place.
func (n *Node) settleDurability() error {
	if n.cfg.Alone() && n.cfg.String(durabilityKey) != durableFsync {
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

// takeDurability takes over what an image says. It comes before the replicas are told
// of the image, so a setting that is already recorded counts before anything is led.
func (n *Node) takeDurability(image *metadata.Image, e *config.Effective) {
	value, source, _ := e.Get(durabilityKey)
	recorded := source == config.SourceDynamicDefaultBroker
	own := n.cfg.String(durabilityKey)
	d := n.durability
	switch set := n.cfg.IsSet(durabilityKey); {
	case d.told || !n.isBroker():
	case recorded && set && own != value:
		n.log.Warn(fmt.Sprintf("%s=%s in this node's configuration does not count: the cluster has %s. To change it for all nodes: "+
			"kafka-configs --alter --entity-type brokers --entity-default --add-config %s=%s", durabilityKey, own, value, durabilityKey, own))
	case !recorded && set:
		select {
		case d.record <- struct{}{}:
		default:
		}
	}
	d.told = true
	if fsync := value == durableFsync; fsync != n.fsyncs() {
		n.switchDurability(fsync, image)
	}
}

// switchDurability turns fsync on or off. What the directories say of this process has
// to be true at any moment: that everything acknowledged is on the disks is written
// after it is so, and taken back before.
func (n *Node) switchDurability(fsync bool, image *metadata.Image) {
	first := n.publisher.told.Load().EndOffset() == 0
	n.log.Info("Records count as written "+map[bool]string{true: "when the disks have them", false: "when the system has them"}[fsync], durabilityKey,
		map[bool]string{true: durableFsync, false: "os"}[fsync])
	if fsync && first && n.cfg.Alone() { // another one has done it already
		if err := n.dirs.SyncAll(); err != nil {
			n.log.Error("The logs could not be made durable", "err", err) // the directory is offline
		}
	}
	d := n.durability
	d.mu.Lock()
	d.fsync = fsync
	if b := image.Broker(n.cfg.NodeID()); b != nil {
		d.epoch = b.Epoch
	}
	// Turned on later, it is claimed from the next start on.
	if err := n.claimLocked(fsync && first); err != nil {
		n.log.Error("The broker's epoch could not be written to every data directory", "err", err)
	}
	d.mu.Unlock()
	if fsync {
		n.replicas.SetFlusher(n.dirs)
	} else {
		n.replicas.SetFlusher(nil)
	}
}

// noteRegistration leaves in the data directories under which epoch this process is
// known, before the controller lets it lead.
func (n *Node) noteRegistration(epoch int64) error {
	d := n.durability
	d.mu.Lock()
	defer d.mu.Unlock()
	d.epoch = epoch
	return n.claimLocked(d.fsync)
}

// claimLocked writes the epoch down and whether everything acknowledged under it is on
// the disks. The caller holds durability.mu.
func (n *Node) claimLocked(fsync bool) error {
	if n.cfg.Alone() {
		n.dirs.SetBrokerEpoch(n.durability.epoch)
		return nil
	}
	return n.dirs.Registered(n.durability.epoch, fsync)
}

// runRecordDurability has this node's setting recorded for the cluster if nothing is.
func (n *Node) runRecordDurability() {
	d := n.durability
	defer close(d.done)
	select {
	case <-d.stop:
		return
	case <-d.record:
	}
	own := n.cfg.String(durabilityKey)
	for {
		if value, recorded := n.publisher.Image().Config(metadata.BrokerResource, "")[durabilityKey]; recorded {
			n.log.Info("The cluster has recorded when records count as written", durabilityKey, value)
			return
		}
		if err := n.recordDurability(own); err != nil {
			n.log.Debug("The controller did not record log.durability", "err", err)
		}
		t := time.NewTimer(recordPause)
		select {
		case <-d.stop:
			t.Stop()
			return
		case <-t.C:
		}
	}
}

func (n *Node) recordDurability(value string) error {
	resp, err := n.channel.alterConfigs(&wire.IncrementalAlterConfigsRequest{Resources: []wire.IncrementalAlterConfigsRequestAlterConfigsResource{{
		ResourceType: metadata.BrokerResource,
		Configs:      []wire.IncrementalAlterConfigsRequestAlterableConfig{{Name: durabilityKey, Value: &value}},
	}}})
	if err != nil {
		return err
	}
	for _, r := range resp.Responses {
		if r.ErrorCode != wire.None {
			err = errors.Join(err, r.ErrorCode)
		}
	}
	return err
}

func (d *durability) close() {
	close(d.stop)
	<-d.done
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

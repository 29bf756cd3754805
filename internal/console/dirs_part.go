package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// dirsPart is what lies on the brokers' disks at a moment. It is not changed
// once made.
type dirsPart struct {
	at      time.Time
	brokers map[int32]brokerDirs
	sizes   map[tp]map[int32]replicaSize // by broker
	in      map[tp]float64               // growth in bytes per second of the largest replica
}

type brokerDirs struct {
	dirs []logDir
	err  error
}

type logDir struct {
	path        string
	err         error
	free, total int64 // -1: not known
	logs        []dirLog
}

type dirLog struct {
	tp
	bytes, lag int64
	future     bool
}

type replicaSize struct{ bytes, lag int64 }

// askDirs asks every broker what it has on disk.
func (k *cluster) askDirs(ctx context.Context, prev *dirsPart) (*dirsPart, error) {
	req := kmsg.NewPtrDescribeLogDirsRequest()
	d := &dirsPart{at: k.now(), brokers: map[int32]brokerDirs{}, sizes: map[tp]map[int32]replicaSize{}, in: map[tp]float64{}}
	var failed error
	for _, shard := range k.client.RequestSharded(ctx, req) {
		id := shard.Meta.NodeID
		if shard.Err != nil {
			failed = shard.Err
			d.brokers[id] = brokerDirs{err: shard.Err}
			continue
		}
		resp := shard.Resp.(*kmsg.DescribeLogDirsResponse)
		d.brokers[id] = brokerDirs{err: kerr.ErrorForCode(resp.ErrorCode), dirs: d.read(id, resp)}
	}
	if len(d.sizes) == 0 && failed != nil {
		return nil, failed
	}
	for p, sizes := range d.sizes {
		if was := prev.largest(p); was >= 0 {
			d.in[p] = smoothRate(prev.in[p], was, largest(sizes), d.at.Sub(prev.at))
		}
	}
	return d, nil
}

func (d *dirsPart) read(broker int32, resp *kmsg.DescribeLogDirsResponse) []logDir {
	var dirs []logDir
	for _, r := range resp.Dirs {
		dir := logDir{path: r.Dir, err: kerr.ErrorForCode(r.ErrorCode), free: r.UsableBytes, total: r.TotalBytes}
		for _, t := range r.Topics {
			for _, p := range t.Partitions {
				l := dirLog{tp{t.Topic, p.Partition}, p.Size, p.OffsetLag, p.IsFuture}
				dir.logs = append(dir.logs, l)
				if l.future {
					continue
				}
				if d.sizes[l.tp] == nil {
					d.sizes[l.tp] = map[int32]replicaSize{}
				}
				d.sizes[l.tp][broker] = replicaSize{p.Size, p.OffsetLag}
			}
		}
		slices.SortFunc(dir.logs, func(a, b dirLog) int {
			if a.bytes != b.bytes {
				return compare(b.bytes, a.bytes)
			}
			return comparePartitions(a.tp, b.tp)
		})
		dirs = append(dirs, dir)
	}
	return dirs
}

func largest(sizes map[int32]replicaSize) int64 {
	most := int64(-1)
	for _, s := range sizes {
		most = max(most, s.bytes)
	}
	return most
}

// largest is the size of a partition's largest replica, -1 where not known.
func (d *dirsPart) largest(p tp) int64 {
	if d == nil {
		return -1
	}
	return largest(d.sizes[p])
}

// replica is the size and lag of one replica, -1 where not known.
func (d *dirsPart) replica(p tp, broker int32) replicaSize {
	if d != nil {
		if s, ok := d.sizes[p][broker]; ok {
			return s
		}
	}
	return replicaSize{-1, -1}
}

// topicBytes are the bytes of all replicas of a topic, -1 where none is known.
func (d *dirsPart) topicBytes(topic string, partitions int) int64 {
	if d == nil {
		return -1
	}
	sum, known := int64(0), false
	for p := range partitions {
		for _, s := range d.sizes[tp{topic, int32(p)}] {
			sum += s.bytes
			known = true
		}
	}
	if !known {
		return -1
	}
	return sum
}

// brokerBytes are the bytes of a broker's replicas, -1 where not known.
func (d *dirsPart) brokerBytes(id int32) int64 {
	if d == nil {
		return -1
	}
	b, ok := d.brokers[id]
	if !ok || b.err != nil {
		return -1
	}
	sum := int64(0)
	for _, dir := range b.dirs {
		for _, l := range dir.logs {
			sum += l.bytes
		}
	}
	return sum
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func comparePartitions(a, b tp) int {
	if c := strings.Compare(a.topic, b.topic); c != 0 {
		return c
	}
	return int(a.partition - b.partition)
}

func sortPlaces(all []tp) []tp {
	slices.SortFunc(all, comparePartitions)
	return all
}

package console

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/brolga-io/brolga/internal/console/view"
)

// The numbers of murmur2 as org.apache.kafka.common.utils.Utils has them.
const (
	murmurSeed  uint32 = 0x9747b28c
	murmurM     uint32 = 0x5bd1e995
	murmurShift        = 24
)

// murmur2 is the hash of Java's default partitioner. step, where not nil, is told
// each step: the bytes, the mixed word, the hash afterwards.
func murmur2(b []byte, step func(part []byte, k, h uint32)) int32 {
	h := murmurSeed ^ uint32(len(b))
	rest := b
	for len(rest) >= 4 {
		k := binary.LittleEndian.Uint32(rest) * murmurM
		k ^= k >> murmurShift
		k *= murmurM
		h = h*murmurM ^ k
		if step != nil {
			step(rest[:4], k, h)
		}
		rest = rest[4:]
	}
	if len(rest) > 0 {
		for i := len(rest) - 1; i >= 0; i-- {
			h ^= uint32(rest[i]) << (8 * i)
		}
		h *= murmurM
		if step != nil {
			step(rest, 0, h)
		}
	}
	h ^= h >> 13
	h *= murmurM
	h ^= h >> 15
	return int32(h)
}

// partitionOf is where Java's default partitioner puts a key.
func partitionOf(key []byte, partitions int) int32 {
	return (murmur2(key, nil) & 0x7fffffff) % int32(partitions)
}

// explainPartition shows the computation number by number.
func explainPartition(key []byte, partitions int32) view.Partitioner {
	const most = 16
	v := view.Partitioner{Key: text8(string(key)), Bytes: hex.EncodeToString(key[:min(len(key), 1024)]), Length: len(key), Partitions: partitions}
	v.Seed = fmt.Sprintf("0x%08x ^ %d = 0x%08x", murmurSeed, len(key), murmurSeed^uint32(len(key)))
	v.Hash = murmur2(key, func(part []byte, k, h uint32) {
		s := view.Murmur2Step{What: hex.EncodeToString(part), H: fmt.Sprintf("0x%08x", h)}
		if len(part) == 4 {
			s.K = fmt.Sprintf("0x%08x", k)
		}
		if len(v.Steps) == most-1 {
			v.Steps[most-2] = s // the last one seen so far
			return
		}
		v.Steps = append(v.Steps, s)
	})
	v.Steps = append(v.Steps, view.Murmur2Step{What: "h ^= h>>>13, h *= m, h ^= h>>>15", H: fmt.Sprintf("0x%08x", uint32(v.Hash))})
	v.Positive = v.Hash & 0x7fffffff
	v.Partition = v.Positive % partitions
	v.Formula = fmt.Sprintf("murmur2(%q) = %d; %d & 0x7fffffff = %d; %d %% %d = %d",
		clip(text8(string(key)), 60), v.Hash, v.Hash, v.Positive, v.Positive, partitions, v.Partition)
	return v
}

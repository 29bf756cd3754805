package group

import "math"

// partitionOf returns the partition of __consumer_offsets that a group belongs to:
// the absolute value of Java's String.hashCode, which counts UTF-16 units, modulo
// the number of partitions. Kafka takes the absolute value of the least int32 as 0.
func partitionOf(groupID string, partitions int32) int32 {
	var h int32
	for _, r := range groupID {
		if r < 0x10000 {
			h = 31*h + r
			continue
		}
		high, low := 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff
		h = 31*(31*h+high) + low
	}
	switch {
	case h == math.MinInt32:
		return 0
	case h < 0:
		h = -h
	}
	return h % partitions
}

package commitlog

import (
	"hash/maphash"
	"math/bits"
)

// keySlotSize is the memory of one slot of a keyMap, as in Kafka's
// SkimpyOffsetMap.
const keySlotSize = 24

// Sizes in slots. The first table fits into a CPU's cache, because most
// compacted logs have few keys.
const (
	firstKeySlots = 1 << 15
	keyGrowth     = 8
)

// keyMap remembers the last offset of each key, by a hash of 128 bits. Two
// keys with the same hash would cost one of them its record, so the seeds are
// random: nobody can search for such keys.
type keyMap struct {
	seeds    [2]maphash.Seed
	slots    []keySlot
	n        int // slots in use
	full     int // how many of this table's may be
	load     float64
	maxSlots int64 // of all tables together
	mostKeys int64 // more are not to be expected
}

// keySlot is empty when next is 0.
type keySlot struct {
	keyHash
	next int64 // last offset of the key, plus one
}

func newKeyMap(maxBytes int64, load float64) *keyMap {
	return &keyMap{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		load: load, maxSlots: max(maxBytes/keySlotSize, 2)}
}

// reset empties the map for a range with at most mostKeys keys.
func (m *keyMap) reset(mostKeys int64) {
	m.mostKeys = mostKeys
	if len(m.slots) != firstKeySlots {
		m.slots = nil // large tables are not kept between logs
		m.slots = make([]keySlot, min(firstKeySlots, m.maxSlots))
	}
	clear(m.slots)
	m.n, m.full = 0, m.capacity(len(m.slots))
}

// release gives the memory of a large table back.
func (m *keyMap) release() {
	if len(m.slots) > firstKeySlots {
		m.slots, m.n, m.full = nil, 0, 0
	}
}

// capacity is how many slots of a table may be used. One stays empty, which
// ends every search.
func (m *keyMap) capacity(slots int) int {
	return min(int(float64(slots)*m.load), slots-1)
}

// keyHash stands for a key.
type keyHash struct{ a, b uint64 }

func (m *keyMap) hash(key []byte) keyHash {
	return keyHash{maphash.Bytes(m.seeds[0], key), maphash.Bytes(m.seeds[1], key)}
}

// touch reads the slots where the search for keys begins. The result is of no use
// but keeps the reads from being left out.
func (m *keyMap) touch(keys []keyHash) (sum int64) {
	slots := m.slots
	for i := range keys {
		sum += slots[place(keys[i], len(slots))].next
	}
	return sum
}

// put notes that key is at offset, which is larger than all before. It returns
// false if there is no room for another key.
func (m *keyMap) put(key keyHash, offset int64) bool {
	s := m.find(key)
	if s.next == 0 {
		if m.n >= m.full {
			if !m.grow() {
				return false
			}
			s = m.find(key)
		}
		s.keyHash = key
		m.n++
	}
	s.next = offset + 1
	return true
}

// last returns the last offset of key, or -1.
func (m *keyMap) last(key keyHash) int64 { return m.find(key).next - 1 }

// place is where the search for a key begins.
func place(key keyHash, slots int) int {
	at, _ := bits.Mul64(key.a, uint64(slots))
	return int(at)
}

// find returns the slot of a key, or the empty one where it belongs.
func (m *keyMap) find(key keyHash) *keySlot {
	for i := place(key, len(m.slots)); ; {
		s := &m.slots[i]
		if s.next == 0 || s.keyHash == key {
			return s
		}
		if i++; i == len(m.slots) {
			i = 0
		}
	}
}

// grow moves to a larger table. Both together stay within the limit, so the
// one before the last is left early.
func (m *keyMap) grow() bool {
	have := int64(len(m.slots))
	want := have * keyGrowth
	if want > m.maxSlots/4 {
		want = m.maxSlots - have
	}
	want = min(want, int64(float64(m.mostKeys)/m.load)+2)
	if m.capacity(int(want)) <= m.full {
		return false
	}
	old := m.slots
	m.slots = make([]keySlot, want)
	m.full = m.capacity(len(m.slots))
	for i := range old {
		if s := &old[i]; s.next != 0 {
			*m.find(s.keyHash) = *s
		}
	}
	return true
}

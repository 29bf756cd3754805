package metadata

import (
	"encoding/binary"
	"slices"
)

// maxInterned bounds the table: beyond it placements are hardly shared anyway.
const maxInterned = 8192

// interner keeps one copy of equal placements.
type interner struct {
	table map[string]*Placement
	key   []byte
}

// intern returns the shared copy of the placement. The lists of p may be used
// again by the caller.
func (in *interner) intern(p *Placement) *Placement {
	in.key = in.key[:0]
	for _, list := range [][]int32{p.Replicas, p.ISR, p.AddingReplicas, p.RemovingReplicas, p.ELR, p.LastKnownELR} {
		in.key = binary.AppendUvarint(in.key, uint64(len(list)))
		for _, v := range list {
			in.key = binary.BigEndian.AppendUint32(in.key, uint32(v))
		}
	}
	for _, dir := range p.Directories {
		in.key = append(in.key, dir[:]...)
	}
	if shared := in.table[string(in.key)]; shared != nil {
		return shared
	}
	if in.table == nil || len(in.table) >= maxInterned {
		in.table = make(map[string]*Placement)
	}
	shared := p.clone()
	in.table[string(in.key)] = shared
	return shared
}

// clone copies the lists. An in-sync set that is the whole replica list, which is
// how it mostly is, takes no room of its own.
func (p *Placement) clone() *Placement {
	c := &Placement{
		Replicas:         cloneList(p.Replicas),
		AddingReplicas:   cloneList(p.AddingReplicas),
		RemovingReplicas: cloneList(p.RemovingReplicas),
		ELR:              cloneList(p.ELR),
		LastKnownELR:     cloneList(p.LastKnownELR),
		Directories:      cloneList(p.Directories),
	}
	c.ISR = c.Replicas
	if !slices.Equal(p.ISR, p.Replicas) {
		c.ISR = cloneList(p.ISR)
	}
	return c
}

// cloneList returns a copy; that of an empty list is nil.
func cloneList[E any](list []E) []E {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

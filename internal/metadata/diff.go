package metadata

import (
	"bytes"
	"cmp"
	"iter"
	"maps"
	"reflect"
	"slices"
)

// Diff returns what is different between any two images, for a broker that was
// given a snapshot instead of the records between them. Work is in proportion to
// the whole of both. Unlike the delta of an Editor it names nothing that is equal.
func Diff(from, to *Image) *Delta {
	d := &Delta{From: from, To: to, ProducerIDs: from.producerIDs != to.producerIDs}
	d.diffTopics()
	d.Configs = diffKeys(from.configs.all(), to.configs.all(), compareResources, func(a, b *overrides) bool {
		return a == b || maps.Equal(a.values, b.values)
	})
	d.Brokers = diffKeys(keyed(from.brokers, brokerID), keyed(to.brokers, brokerID), cmp.Compare, equalDeep)
	d.Controllers = diffKeys(keyed(from.controllers, controllerID), keyed(to.controllers, controllerID), cmp.Compare, equalDeep)
	d.Features = diffFeatures(from.features, to.features)
	d.ACLs = diffKeys(from.acls.all(), to.acls.all(), compareUUIDs, func(a, b *ACL) bool { return *a == *b })
	d.ScramCredentials = diffKeys(from.scram.all(), to.scram.all(), compareScramKeys, func(a, b *ScramCredential) bool {
		return a == b || a.Iterations == b.Iterations && bytes.Equal(a.Salt, b.Salt) &&
			bytes.Equal(a.StoredKey, b.StoredKey) && bytes.Equal(a.ServerKey, b.ServerKey)
	})
	d.ClientQuotas = len(diffKeys(from.quotas.all(), to.quotas.all(), cmp.Compare, func(a, b *ClientQuota) bool {
		return a == b || maps.Equal(a.Values, b.Values)
	})) > 0
	d.DelegationTokens = len(diffKeys(from.tokens.all(), to.tokens.all(), cmp.Compare, equalDeep)) > 0
	return d
}

// diffTopics goes by id: a name that got a new id is another topic.
func (d *Delta) diffTopics() {
	for old := range d.From.Topics() {
		now := d.To.TopicByID(old.ID)
		switch {
		case now == nil:
			d.DeletedTopics = append(d.DeletedTopics, old)
		case !old.equal(now):
			d.ChangedTopics = append(d.ChangedTopics, TopicChange{old, now, changedPartitions(old, now)})
		}
	}
	for now := range d.To.Topics() {
		if d.From.TopicByID(now.ID) == nil {
			d.CreatedTopics = append(d.CreatedTopics, now)
		}
	}
	d.sortTopics()
}

func changedPartitions(old, now *Topic) []int32 {
	var changed []int32
	for p, part := range now.Partitions() {
		if was := old.Partition(p); was == nil || !was.equal(part) {
			changed = append(changed, p)
		}
	}
	return changed
}

func diffFeatures(from, to map[string]int16) []string {
	var changed []string
	for name, level := range from {
		if to[name] != level {
			changed = append(changed, name)
		}
	}
	for name := range to {
		if _, ok := from[name]; !ok {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

// diffKeys returns the keys that only one side has, or that have values which are
// not equal. Both sides come in the order of compare.
func diffKeys[K, V any](from, to iter.Seq2[K, V], compare func(a, b K) int, equal func(a, b V) bool) []K {
	var changed []K
	next, stop := iter.Pull2(to)
	defer stop()
	k2, v2, ok := next()
	for k1, v1 := range from {
		for ok && compare(k2, k1) < 0 {
			changed = append(changed, k2)
			k2, v2, ok = next()
		}
		if !ok || compare(k1, k2) != 0 {
			changed = append(changed, k1)
			continue
		}
		if !equal(v1, v2) {
			changed = append(changed, k1)
		}
		k2, v2, ok = next()
	}
	for ; ok; k2, _, ok = next() {
		changed = append(changed, k2)
	}
	return changed
}

func keyed[V any](list []V, id func(V) int32) iter.Seq2[int32, V] {
	return func(yield func(int32, V) bool) {
		for _, v := range list {
			if !yield(id(v), v) {
				return
			}
		}
	}
}

// equalDeep compares values of which there are few.
func equalDeep[V any](a, b V) bool { return reflect.DeepEqual(a, b) }

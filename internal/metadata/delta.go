package metadata

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// Delta names what one step from an image to a later one touched; the values are
// in the images. A key that is not named is the same in both. A named one may be
// the same as well: a config that was written again with the value it had.
type Delta struct {
	From, To *Image

	// CreatedTopics are topics of To, all of whose partitions are new.
	CreatedTopics []*Topic
	// DeletedTopics are topics of From. A topic that was deleted and created again
	// under its name is here and in CreatedTopics, with different ids.
	DeletedTopics []*Topic
	ChangedTopics []TopicChange

	Configs          []Resource
	Brokers          []int32
	Controllers      []int32
	Features         []string
	ACLs             []wire.UUID
	ScramCredentials []ScramKey
	// Of these it is only said that some were touched: they are few, or read anew.
	ClientQuotas     bool
	DelegationTokens bool
	ProducerIDs      bool
}

// TopicChange is a topic that is in both images.
type TopicChange struct {
	Old, New *Topic
	// Partitions that changed or are new, in order.
	Partitions []int32
}

// Empty tells whether nothing was touched.
func (d *Delta) Empty() bool {
	return len(d.CreatedTopics) == 0 && len(d.DeletedTopics) == 0 && len(d.ChangedTopics) == 0 &&
		len(d.Configs) == 0 && len(d.Brokers) == 0 && len(d.Controllers) == 0 && len(d.Features) == 0 &&
		len(d.ACLs) == 0 && len(d.ScramCredentials) == 0 &&
		!d.ClientQuotas && !d.DelegationTokens && !d.ProducerIDs
}

// touched collects the keys of a Delta.
type touched struct {
	topics      map[wire.UUID]*touchedTopic
	configs     map[Resource]struct{}
	brokers     map[int32]struct{}
	controllers map[int32]struct{}
	features    map[string]struct{}
	acls        map[wire.UUID]struct{}
	scram       map[ScramKey]struct{}
	quotas      bool
	tokens      bool
	producerIDs bool
}

// touchedTopic is what happened to one topic id. old is nil if the last image did
// not have it; then its partitions need no list.
type touchedTopic struct {
	old        *Topic
	removed    bool
	partitions []int32
}

func touch[K comparable](set *map[K]struct{}, k K) {
	if *set == nil {
		*set = make(map[K]struct{})
	}
	(*set)[k] = struct{}{}
}

// touchTopic notes that the topic is touched; was is what it is now. The first
// note of an id has it as the last image had it.
func (e *Editor) touchTopic(id wire.UUID, was *Topic) *touchedTopic {
	t := e.touched.topics[id]
	if t == nil {
		t = &touchedTopic{old: was}
		if e.touched.topics == nil {
			e.touched.topics = make(map[wire.UUID]*touchedTopic)
		}
		e.touched.topics[id] = t
	}
	return t
}

func (t *touchedTopic) partition(p int32) {
	if t.old != nil {
		t.partitions = append(t.partitions, p)
	}
}

func (t *touched) delta(from, to *Image) *Delta {
	d := &Delta{
		From: from, To: to,
		Configs:          sortedKeys(t.configs, compareResources),
		Brokers:          sortedKeys(t.brokers, cmp.Compare),
		Controllers:      sortedKeys(t.controllers, cmp.Compare),
		Features:         sortedKeys(t.features, strings.Compare),
		ACLs:             sortedKeys(t.acls, compareUUIDs),
		ScramCredentials: sortedKeys(t.scram, compareScramKeys),
		ClientQuotas:     t.quotas,
		DelegationTokens: t.tokens,
		ProducerIDs:      t.producerIDs,
	}
	for id, touched := range t.topics {
		now := to.TopicByID(id)
		switch {
		case touched.old != nil && now != nil && !touched.removed:
			slices.Sort(touched.partitions)
			d.ChangedTopics = append(d.ChangedTopics, TopicChange{touched.old, now, slices.Compact(touched.partitions)})
			continue
		case now != nil:
			d.CreatedTopics = append(d.CreatedTopics, now)
		}
		if touched.old != nil {
			d.DeletedTopics = append(d.DeletedTopics, touched.old)
		}
	}
	d.sortTopics()
	return d
}

func (d *Delta) sortTopics() {
	byName := func(a, b *Topic) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(d.CreatedTopics, byName)
	slices.SortFunc(d.DeletedTopics, byName)
	slices.SortFunc(d.ChangedTopics, func(a, b TopicChange) int { return byName(a.New, b.New) })
}

func sortedKeys[K comparable](set map[K]struct{}, compare func(a, b K) int) []K {
	if len(set) == 0 {
		return nil
	}
	return slices.SortedFunc(maps.Keys(set), compare)
}

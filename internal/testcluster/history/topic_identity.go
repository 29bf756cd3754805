package history

import (
	"slices"
	"strings"
)

// lifeMark stands between a topic's name and the number of its life.
const lifeMark = "#"

// Life is the name, in a history, of a topic that was deleted and created again.
func Life(topic, life string) string { return topic + lifeMark + life }

// nameOf is what the topic was called in the cluster.
func nameOf(topic string) string {
	name, _, _ := strings.Cut(topic, lifeMark)
	return name
}

// TopicIdentity is I21: nothing of a topic that was deleted is seen in another one of the
// same name, and what a broker keeps for a topic belongs to that very topic.
func TopicIdentity(h *History) []string {
	var f found
	sent := map[string]Partition{}
	for _, p := range h.Produces {
		sent[p.Value] = p.Partition
	}
	see := func(value string, at Partition, offset int64, by string) {
		if to, ok := sent[value]; ok && to.Topic != at.Topic && nameOf(to.Topic) == nameOf(at.Topic) {
			f.add("%s was sent to %v and is at %v@%d for %s", value, to, at, offset, by)
		}
	}
	for _, p := range slices.Concat(h.Polls, h.Final) {
		see(p.Value, p.Partition, p.Offset, p.Consumer)
	}
	for _, r := range h.Replicas {
		for _, b := range r.Batches {
			for i, value := range b.Values {
				see(value, r.Partition, b.Base+int64(i), "the replica "+r.When)
			}
		}
		if id, ok := h.TopicIDs[r.Topic]; r.Final && ok && r.TopicID != "" && r.TopicID != id {
			f.add("%v on %d is of the topic id %s, and that of the topic is %s", r.Partition, r.Node, r.TopicID, id)
		}
	}
	return f
}

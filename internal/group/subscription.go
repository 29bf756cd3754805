package group

import "github.com/brolga-io/brolga/internal/wire"

// subscribedTopics is what the members of a consumer group subscribe to, as far as
// the coordinator can tell. It is worked out when somebody asks.
type subscribedTopics struct {
	fresh bool
	known bool
	names map[string]struct{}
}

// changed says that members or the chosen protocol are not what they were.
func (s *subscribedTopics) changed() { *s = subscribedTopics{} }

// knowsTopics says whether the group's topics are known: it uses the consumer
// protocol, has chosen one, and all its members' subscriptions can be read.
func (g *classicGroup) knowsTopics() bool {
	if !g.topics.fresh {
		g.topics = subscribedTopics{fresh: true}
		g.topics.names, g.topics.known = g.collectTopics()
	}
	return g.topics.known
}

// subscribesTo says whether the group must be taken as subscribed to the topic. A
// consumer group whose topics are not known is, to be on the safe side.
func (g *classicGroup) subscribesTo(topic string) bool {
	if !g.knowsTopics() {
		return g.usesConsumerProtocol()
	}
	_, ok := g.topics.names[topic]
	return ok
}

func (g *classicGroup) collectTopics() (map[string]struct{}, bool) {
	if !g.usesConsumerProtocol() {
		return nil, false
	}
	names := map[string]struct{}{}
	if g.members.len() > 0 && g.protocol == nil {
		return nil, false
	}
	for _, mem := range g.members.list {
		topics, ok := parseSubscription(mem.metadataOf(g.protocol))
		if !ok {
			g.m.log.Warn("cannot read a member's subscription", "group", g.id, "member", mem.id)
			return nil, false
		}
		for _, topic := range topics {
			names[topic] = struct{}{}
		}
	}
	return names, true
}

// parseSubscription returns the topics of a ConsumerProtocolSubscription. Every
// version begins as version 0 does, so the fields of later ones need not be known.
func parseSubscription(metadata []byte) ([]string, bool) {
	r := wire.NewReader(metadata)
	if version := r.Int16(); version < 0 {
		return nil, false
	}
	var s wire.ConsumerProtocolSubscription
	s.Decode(r, 0)
	return s.Topics, r.Err() == nil
}

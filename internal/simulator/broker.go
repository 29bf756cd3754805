package simulator

import (
	"slices"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/group"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// registrar gets a broker into the cluster and keeps it there, as package node's does.
type registrar struct {
	p        *process
	request  wire.BrokerRegistrationRequest
	epoch    int64
	heard    time.Duration // when the last heartbeat that was answered was sent
	leaving  bool
	left     func()
	unfenced bool
}

const (
	heartbeatEvery = 250 * time.Millisecond
	session        = 1200 * time.Millisecond
	requestLimit   = 800 * time.Millisecond
)

func newRegistrar(p *process) *registrar {
	r := &registrar{p: p, epoch: -1, heard: -1}
	previous := p.dirs.PreviousBrokerEpoch()
	id, _ := p.dirs.Registering(logdir.UUID(p.newUUID())) // a directory that fails says so itself
	r.request = wire.BrokerRegistrationRequest{BrokerId: p.node.id, ClusterId: clusterID, IncarnationId: wire.UUID(id), PreviousBrokerEpoch: previous,
		Listeners: []wire.BrokerRegistrationRequestListener{{Name: "PLAINTEXT", Host: "node", Port: uint16(9000 + p.node.id)}}}
	for _, d := range p.dirs.Dirs() {
		r.request.LogDirs = append(r.request.LogDirs, wire.UUID(d.DirectoryID))
	}
	for _, f := range metadata.Features() {
		r.request.Features = append(r.request.Features, wire.BrokerRegistrationRequestFeature{Name: f.Name, MinSupportedVersion: f.Min, MaxSupportedVersion: f.Max})
	}
	return r
}

func (r *registrar) registered(image *metadata.Image) bool {
	b := image.Broker(r.p.node.id)
	return b != nil && b.IncarnationID == r.request.IncarnationId
}

// alive tells whether the controller answered within a session and takes this broker for a
// member.
func (r *registrar) alive() bool {
	return r.heard >= 0 && r.unfenced && r.p.w.now()-r.heard < session
}

// askController sends a request to whom this node takes for the controller.
func (p *process) askController(what string, handle func(c *controller.Controller, who controller.Caller) (any, error), done func(answer any, err error)) {
	to := int32(p.quorum.rn.BasicStatus().Lead)
	if to == 0 || p.rng.IntN(30) == 0 {
		to = 1 + int32(p.rng.IntN(voters))
	}
	p.w.askController(p.node.id, p, to, what, handle, done)
}

// askController sends a request to a controller, which handles it as a call.
func (w *world) askController(from int32, sender *process, to int32, what string,
	handle func(c *controller.Controller, who controller.Caller) (any, error), done func(answer any, err error)) {
	w.ask(from, sender, to, what, requestLimit, func(p *process, reply func(any)) {
		who := controller.Caller{Version: 99, Broker: controller.NoBroker, InProcess: from == p.node.id}
		p.call(func() {
			answer, err := handle(p.controller, who)
			if err != nil {
				answer = err
			}
			reply(answer)
		})
	}, func(answer any, err error) {
		if refusal, ok := answer.(error); ok && err == nil {
			answer, err = nil, refusal
		}
		done(answer, err)
	})
}

func (r *registrar) register() {
	p := r.p
	p.askController("registration", func(c *controller.Controller, who controller.Caller) (any, error) {
		req := r.request
		resp, err := c.BrokerRegistration(who, &req)
		return resp, err
	}, func(answer any, err error) {
		resp, _ := answer.(*wire.BrokerRegistrationResponse)
		if err != nil || resp.ErrorCode != wire.None {
			if err == nil && resp.ErrorCode != wire.DuplicateBrokerRegistration && resp.ErrorCode != wire.NotController && !resp.ErrorCode.Retriable() {
				p.w.fail("node %d: its registration was refused: %v", p.node.id, resp.ErrorCode)
			}
			p.w.after(20*time.Millisecond+p.shortly(), p, "register", r.register)
			return
		}
		if err := p.dirs.Registered(resp.BrokerEpoch, p.w.run.Fsync); err != nil {
			return // the directory is offline
		}
		r.epoch = resp.BrokerEpoch
		p.w.note("node %d is broker epoch %d, its last was %d", p.node.id, r.epoch, r.request.PreviousBrokerEpoch)
		r.awaitImage()
	})
}

// awaitImage begins with heartbeats when this process knows of its own registration.
func (r *registrar) awaitImage() {
	if !r.registered(r.p.feed.image) {
		r.p.w.after(5*time.Millisecond, r.p, "await", r.awaitImage)
		return
	}
	r.heartbeat()
}

func (r *registrar) heartbeat() {
	p, began := r.p, r.p.w.now()
	req := wire.BrokerHeartbeatRequest{}
	req.SetDefaults()
	req.BrokerId, req.BrokerEpoch, req.CurrentMetadataOffset, req.WantShutDown = p.node.id, r.epoch, p.feed.image.Offset(), r.leaving
	p.askController("heartbeat", func(c *controller.Controller, who controller.Caller) (any, error) {
		hb := req
		resp, err := c.BrokerHeartbeat(who, &hb)
		return resp, err
	}, func(answer any, err error) {
		resp, _ := answer.(*wire.BrokerHeartbeatResponse)
		wait := 20 * time.Millisecond
		switch {
		case err == nil && resp.ErrorCode == wire.StaleBrokerEpoch:
			p.w.note("node %d: another process took its place", p.node.id)
			p.die()
			return
		case err == nil && resp.ErrorCode == wire.None && resp.ShouldShutDown && r.left != nil:
			r.left()
			return
		case err == nil && resp.ErrorCode == wire.None:
			r.heard, r.unfenced = began, !resp.IsFenced
			if !resp.IsFenced && !r.leaving {
				wait = heartbeatEvery
			}
		}
		p.w.after(wait, p, "heartbeat", r.heartbeat)
	})
}

// publish tells the rooms of a new image, in the order of package node.
func (p *process) publish(image *metadata.Image, delta *metadata.Delta) {
	if !p.strays {
		p.strays = true
		p.settleStrays(image)
	}
	p.replicas.Apply(image, delta)
	if p.dead {
		return
	}
	p.coordinate(image, delta)
	p.wrongDirs = true
	for _, f := range p.followers {
		f.kick()
	}
	p.news()
}

// settleStrays does what package node does once with the logs it finds.
func (p *process) settleStrays(image *metadata.Image) {
	all := p.dirs.All()
	slices.SortFunc(all, comparePartitions)
	for _, tp := range all {
		id, err := p.dirs.TopicID(tp)
		if err != nil {
			continue
		}
		t := image.TopicByID(wire.UUID(id))
		if id == (logdir.UUID{}) {
			t = image.TopicByName(tp.Topic)
		}
		known := t != nil && t.Name == tp.Topic && tp.Partition < int32(t.PartitionCount())
		switch { // a directory that fails says so itself
		case known && slices.Contains(t.Partition(tp.Partition).Replicas, p.node.id):
		case known && id != (logdir.UUID{}):
			_ = p.dirs.Delete(tp, id)
		default:
			_ = p.dirs.SetAside(tp)
		}
	}
}

// coordinate tells the groups which partitions of __consumer_offsets are led here.
func (p *process) coordinate(image *metadata.Image, delta *metadata.Delta) {
	for _, t := range delta.DeletedTopics {
		p.groups.TopicDeleted(t.Name, t.ID)
	}
	led := func(t *metadata.Topic, number int32) {
		part, err := p.replicas.FindByID(image, t.ID, number)
		if err == nil {
			if epoch, leads := part.Leads(); leads {
				p.groups.Elected(number, epoch, part.ShardLog(p.wallMs))
				return
			}
		}
		p.groups.Resigned(number)
	}
	for _, t := range delta.CreatedTopics {
		if t.Name == metadata.OffsetsTopic {
			for number := range t.Partitions() {
				led(t, number)
			}
		}
	}
	for _, c := range delta.ChangedTopics {
		if c.New.Name == metadata.OffsetsTopic {
			for _, number := range c.Partitions {
				led(c.New, number)
			}
		}
	}
}

// groupTopics answers the groups' questions about topics.
type groupTopics struct{ p *process }

// TopicByName implements group.Topics.
func (g groupTopics) TopicByName(name string) (group.Topic, bool) {
	return groupTopic(g.p.feed.image.TopicByName(name))
}

// TopicByID implements group.Topics.
func (g groupTopics) TopicByID(id wire.UUID) (group.Topic, bool) {
	return groupTopic(g.p.feed.image.TopicByID(id))
}

func groupTopic(t *metadata.Topic) (group.Topic, bool) {
	if t == nil {
		return group.Topic{}, false
	}
	return group.Topic{Name: t.Name, ID: t.ID, Partitions: int32(t.PartitionCount())}, true
}

func groupConfig(cfg *config.Static) group.Config {
	return group.Config{
		InitialRebalanceDelayMs:         cfg.Long("group.initial.rebalance.delay.ms"),
		MinSessionTimeoutMs:             100,
		MaxSessionTimeoutMs:             int32(cfg.Int("group.max.session.timeout.ms")),
		MaxSize:                         cfg.Int("group.max.size"),
		OffsetMetadataMaxBytes:          cfg.Int("offset.metadata.max.bytes"),
		OffsetsRetentionMs:              cfg.Long("offsets.retention.minutes") * 60_000,
		OffsetsRetentionCheckIntervalMs: cfg.Long("offsets.retention.check.interval.ms"),
		OffsetCommitTimeoutMs:           cfg.Long("offsets.commit.timeout.ms"),
	}
}

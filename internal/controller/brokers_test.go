package controller

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

func TestRegistrationFences(t *testing.T) {
	f := newFixture(t)
	epoch := f.register(registration(1, 1))
	b := f.image().Broker(1)
	if b.Epoch != epoch || !b.Fenced || b.InControlledShutdown || len(b.LogDirs) != 1 || b.Endpoints[0].Host != "localhost" {
		t.Fatalf("broker %+v", b)
	}
	// It has not seen its registration yet.
	resp := f.beat(1, epoch, func(r *wire.BrokerHeartbeatRequest) { r.CurrentMetadataOffset-- })
	if resp.IsCaughtUp || !resp.IsFenced || !f.image().Broker(1).Fenced {
		t.Fatalf("unfenced too early: %+v", resp)
	}
	resp = f.beat(1, epoch)
	if !resp.IsCaughtUp || resp.IsFenced || f.image().Broker(1).Fenced {
		t.Fatalf("not unfenced: %+v", resp)
	}
	f.check()
}

func TestRegistrationIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(r *wire.BrokerRegistrationRequest)
		want   wire.ErrorCode
	}{
		"other cluster":        {func(r *wire.BrokerRegistrationRequest) { r.ClusterId = "x" }, wire.InconsistentClusterId},
		"migrates":             {func(r *wire.BrokerRegistrationRequest) { r.IsMigratingZkBroker = true }, wire.BrokerIdNotRegistered},
		"no directories":       {func(r *wire.BrokerRegistrationRequest) { r.LogDirs = nil }, wire.InvalidRegistration},
		"reserved directory":   {func(r *wire.BrokerRegistrationRequest) { r.LogDirs = []wire.UUID{{}} }, wire.InvalidRegistration},
		"directory twice":      {func(r *wire.BrokerRegistrationRequest) { r.LogDirs = []wire.UUID{{9}, {9}} }, wire.InvalidRegistration},
		"directory of another": {func(r *wire.BrokerRegistrationRequest) { r.LogDirs = []wire.UUID{{2, 1}} }, wire.InvalidRegistration},
		"no metadata.version":  {func(r *wire.BrokerRegistrationRequest) { r.Features = nil }, wire.InvalidRegistration},
		"old features": {func(r *wire.BrokerRegistrationRequest) {
			r.Features = []wire.BrokerRegistrationRequestFeature{{Name: metadata.MetadataVersion, MinSupportedVersion: 7, MaxSupportedVersion: 25}}
		}, wire.UnsupportedVersion},
		"missing features": {func(r *wire.BrokerRegistrationRequest) {
			r.Features = []wire.BrokerRegistrationRequestFeature{{Name: metadata.MetadataVersion, MinSupportedVersion: 7, MaxSupportedVersion: 33}}
		}, wire.UnsupportedVersion},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.start(1)
			end := f.log.End()
			req := registration(2, 1)
			c.change(req)
			resp, err := f.c.BrokerRegistration(Caller{Broker: 2}, req)
			if err != nil || resp.ErrorCode != c.want || resp.BrokerEpoch != -1 {
				t.Fatalf("%+v, %v, want %v", resp, err, c.want.Name())
			}
			if f.log.End() != end {
				t.Fatal("records were written")
			}
		})
	}
}

// TestRegistrationOfTheSameProcess: a request that is sent again keeps what the
// first one gave.
func TestRegistrationOfTheSameProcess(t *testing.T) {
	f := newFixture(t)
	epoch := f.start(1)[1]
	f.create("t", 1, 1)
	before := partitionState(f.image().TopicByName("t").Partition(0))
	if again := f.register(registration(1, 1)); again != epoch {
		t.Fatalf("epoch %d became %d", epoch, again)
	}
	if b := f.image().Broker(1); b.Fenced {
		t.Fatal("the broker was fenced")
	}
	if after := partitionState(f.image().TopicByName("t").Partition(0)); after != before {
		t.Fatalf("%s became %s", before, after)
	}
	f.check()
}

// TestDuplicateRegistration: a second process under the id of a living one is kept
// out until the first is silent for a session.
func TestDuplicateRegistration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		epoch := f.start(1)[1]
		try := func(caller Caller) wire.ErrorCode {
			resp, err := f.c.BrokerRegistration(caller, registration(1, 2))
			if err != nil {
				t.Fatal(err)
			}
			return resp.ErrorCode
		}
		if code := try(Caller{Broker: 1}); code != wire.DuplicateBrokerRegistration {
			t.Fatalf("a second process: %v", code)
		}
		time.Sleep(2900 * time.Millisecond)
		f.beat(1, epoch)
		time.Sleep(2900 * time.Millisecond)
		if code := try(Caller{Broker: 1}); code != wire.DuplicateBrokerRegistration {
			t.Fatalf("a second process after a heartbeat: %v", code)
		}
		time.Sleep(200 * time.Millisecond)
		if code := try(Caller{Broker: 1}); code != wire.None {
			t.Fatalf("a new process after a silent session: %v", code)
		}
		if resp := f.beat(1, epoch); resp.ErrorCode != wire.StaleBrokerEpoch {
			t.Fatalf("a heartbeat of the replaced process: %+v", resp)
		}
	})
}

// TestRegistrationInProcess: the controller's own broker need not wait for the
// session of the process that was there before.
func TestRegistrationInProcess(t *testing.T) {
	f := newFixture(t)
	epoch := f.start(1)[1]
	resp, err := f.c.BrokerRegistration(Caller{Broker: 1, InProcess: true}, registration(1, 2))
	if err != nil || resp.ErrorCode != wire.None || resp.BrokerEpoch <= epoch {
		t.Fatalf("%+v, %v", resp, err)
	}
}

// TestSessionsBeginWithTheController: whoever was unfenced is given a whole session
// by a controller that takes over.
func TestSessionsBeginWithTheController(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, "broker.session.timeout.ms=9000")
		f.start(1)
		f.register(registration(2, 1))
		f.c.Resign()
		f.c.Lead(2)
		<-f.active
		for _, c := range []struct {
			wait time.Duration
			id   int32
			want wire.ErrorCode
		}{
			{0, 1, wire.DuplicateBrokerRegistration},
			{0, 2, wire.None}, // was fenced
			{8 * time.Second, 1, wire.DuplicateBrokerRegistration},
			{2 * time.Second, 1, wire.None},
		} {
			time.Sleep(c.wait)
			resp, err := f.c.BrokerRegistration(Caller{Broker: c.id}, registration(c.id, 2))
			if err != nil || resp.ErrorCode != c.want {
				t.Fatalf("broker %d after %v: %+v, %v", c.id, c.wait, resp, err)
			}
		}
	})
}

func TestHeartbeatStates(t *testing.T) {
	wantFence := func(r *wire.BrokerHeartbeatRequest) { r.WantFence = true }
	wantShutdown := func(r *wire.BrokerHeartbeatRequest) { r.WantShutDown = true }
	for name, c := range map[string]struct {
		topics int32 // partitions that broker 2 leads together with broker 1
		steps  []func(*wire.BrokerHeartbeatRequest)
		want   string // of each answer: C caught up, F fenced, D shut down
	}{
		"stays unfenced":            {0, []func(*wire.BrokerHeartbeatRequest){nil, nil}, "C C"},
		"fenced on demand":          {0, []func(*wire.BrokerHeartbeatRequest){wantFence, nil}, "CF C"},
		"shut down without leading": {0, []func(*wire.BrokerHeartbeatRequest){wantShutdown}, "CFD"},
		"fenced and shut down":      {0, []func(*wire.BrokerHeartbeatRequest){wantFence, wantShutdown}, "CF CFD"},
		"shut down while leading":   {4, []func(*wire.BrokerHeartbeatRequest){wantShutdown, wantShutdown}, "C C"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			epochs := f.start(2)
			if c.topics > 0 {
				f.create("t", c.topics, 2)
			}
			got := ""
			for _, step := range c.steps {
				if step == nil {
					step = func(*wire.BrokerHeartbeatRequest) {}
				}
				resp := f.beat(2, epochs[2], step)
				got += " "
				if resp.IsCaughtUp {
					got += "C"
				}
				if resp.IsFenced {
					got += "F"
				}
				if resp.ShouldShutDown {
					got += "D"
				}
				if fenced := f.image().Broker(2).Fenced; fenced != resp.IsFenced {
					t.Fatalf("the answer says fenced %v, the metadata %v", resp.IsFenced, fenced)
				}
			}
			if got[1:] != c.want {
				t.Errorf("got %s, want %s", got[1:], c.want)
			}
			f.check()
		})
	}
}

// TestControlledShutdown: the broker may go when its leaderships are with others
// and these have seen it.
func TestControlledShutdown(t *testing.T) {
	f := newFixture(t)
	epochs := f.start(2)
	topic := f.create("t", 6, 2)
	stop := func(r *wire.BrokerHeartbeatRequest) { r.WantShutDown = true }
	if resp := f.beat(2, epochs[2], stop); resp.ShouldShutDown || resp.IsFenced {
		t.Fatalf("%+v", resp)
	}
	topic = f.image().TopicByID(topic.ID)
	for id, p := range topic.Partitions() {
		if p.Leader != 1 {
			t.Fatalf("partition %d: %s", id, partitionState(p))
		}
	}
	if b := f.image().Broker(2); !b.InControlledShutdown || b.Active() {
		t.Fatalf("broker %+v", b)
	}
	// Broker 1 has not seen yet that it leads everything.
	if resp := f.beat(2, epochs[2], stop); resp.ShouldShutDown {
		t.Fatalf("%+v", resp)
	}
	f.beat(1, epochs[1])
	if resp := f.beat(2, epochs[2], stop); !resp.ShouldShutDown || !resp.IsFenced {
		t.Fatalf("%+v", resp)
	}
	// The last one may go as well; nobody can take over from it.
	f.beat(1, epochs[1], stop)
	if resp := f.beat(1, epochs[1], stop); !resp.ShouldShutDown {
		t.Fatalf("%+v", resp)
	}
	if p := f.image().TopicByName("t").Partition(0); p.Leader != metadata.NoLeader {
		t.Fatal(partitionState(p))
	}
	f.check()
}

func TestHeartbeatOfAStranger(t *testing.T) {
	f := newFixture(t)
	epochs := f.start(1)
	for _, c := range []struct {
		id    int32
		epoch int64
	}{{2, 0}, {1, epochs[1] - 1}, {1, epochs[1] + 1}} {
		if resp := f.beat(c.id, c.epoch); resp.ErrorCode != wire.StaleBrokerEpoch {
			t.Errorf("broker %d in epoch %d: %+v", c.id, c.epoch, resp)
		}
		ids, err := f.c.AllocateProducerIDs(Caller{}, &wire.AllocateProducerIdsRequest{BrokerId: c.id, BrokerEpoch: c.epoch})
		if err != nil || ids.ErrorCode != wire.StaleBrokerEpoch {
			t.Errorf("producer ids for broker %d in epoch %d: %+v, %v", c.id, c.epoch, ids, err)
		}
	}
}

// TestDirectoryFails: partitions in the directory change hands, others stay.
func TestDirectoryFails(t *testing.T) {
	f := newFixture(t)
	epochs := f.start(2)
	good, bad := wire.UUID{7}, wire.UUID{8}
	req := registration(1, 1)
	req.LogDirs = []wire.UUID{good, bad}
	f.register(req)
	topic := f.create("t", 4, 2)
	// The broker tells where it put the replicas.
	_, err := decide(f.c, func(d *decision) (int, error) {
		for id, p := range topic.Partitions() {
			r := &wire.PartitionChangeRecord{}
			r.SetDefaults()
			r.TopicId, r.PartitionId = topic.ID, id
			r.Directories = []wire.UUID{{2, 2}, {2, 2}}
			for i, b := range p.Replicas {
				if b == 1 {
					r.Directories[i] = []wire.UUID{good, bad}[id%2]
				}
			}
			d.add(r)
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.beat(1, epochs[1], func(r *wire.BrokerHeartbeatRequest) { r.OfflineLogDirs = []wire.UUID{bad, {99}} })
	if dirs := f.image().Broker(1).LogDirs; len(dirs) != 1 || dirs[0] != good {
		t.Fatalf("directories left: %v", dirs)
	}
	for id, p := range f.image().TopicByName("t").Partitions() {
		inISR := len(p.ISR) == 2
		if want := id%2 == 0; inISR != want || !want && p.Leader != 2 {
			t.Errorf("partition %d: %s", id, partitionState(p))
		}
	}
	end := f.log.End()
	f.beat(1, epochs[1], func(r *wire.BrokerHeartbeatRequest) { r.OfflineLogDirs = []wire.UUID{bad} })
	if f.log.End() != end {
		t.Error("a failure that is known was written again")
	}
	f.check()
}

func TestCordonedDirectories(t *testing.T) {
	f := newFixture(t)
	epochs := f.start(2)
	cordon := func(dirs []wire.UUID) func(*wire.BrokerHeartbeatRequest) {
		return func(r *wire.BrokerHeartbeatRequest) { r.CordonedLogDirs = dirs }
	}
	f.beat(2, epochs[2], cordon([]wire.UUID{{2, 2}}))
	end := f.log.End()
	f.beat(2, epochs[2], cordon([]wire.UUID{{2, 2}}))
	f.beat(2, epochs[2], cordon(nil))
	if f.log.End() != end {
		t.Fatal("what is known was written again")
	}
	for _, p := range f.create("t", 8, 1).Partitions() {
		if p.Leader != 1 {
			t.Fatalf("a replica was placed on a cordoned broker: %s", partitionState(p))
		}
	}
	l := &life{fixture: f}
	if got := l.reassign(1, 2); got.ErrorCode != wire.InvalidReplicaAssignment ||
		*got.ErrorMessage != "The manual partition assignment includes broker 2, but all its log directories are cordoned." {
		t.Fatalf("a reassignment to a cordoned broker: %+v", got)
	}
	f.beat(2, epochs[2], cordon([]wire.UUID{}))
	l.mustReassign(1, 2)
	f.beat(2, epochs[2], cordon([]wire.UUID{{2, 2}}))
	l.mustReassign(2, 1) // it is a replica already
	f.beat(2, epochs[2], cordon([]wire.UUID{}))
	if b := f.image().Broker(2); !b.HasUncordonedDir() {
		t.Fatalf("still cordoned: %+v", b)
	}
	f.check()
}

func TestProducerIDs(t *testing.T) {
	f := newFixture(t)
	epochs := f.start(2)
	for i := range int64(3) {
		id := int32(i%2) + 1
		resp, err := f.c.AllocateProducerIDs(Caller{}, &wire.AllocateProducerIdsRequest{BrokerId: id, BrokerEpoch: epochs[id]})
		if err != nil || resp.ErrorCode != wire.None || resp.ProducerIdStart != 1000*i || resp.ProducerIdLen != 1000 {
			t.Fatalf("block %d: %+v, %v", i, resp, err)
		}
	}
	f.check()
	_, err := decide(f.c, func(d *decision) (int, error) {
		d.add(&wire.ProducerIdsRecord{BrokerId: 1, NextProducerId: 1<<63 - 1000})
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := f.c.AllocateProducerIDs(Caller{}, &wire.AllocateProducerIdsRequest{BrokerId: 1, BrokerEpoch: epochs[1]})
	if err != nil || resp.ErrorCode != wire.UnknownServerError {
		t.Fatalf("after the last id: %+v, %v", resp, err)
	}
}

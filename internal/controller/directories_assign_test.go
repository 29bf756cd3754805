package controller

import (
	"testing"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// assign tells that the broker keeps the partition in the directory.
func (l *life) assign(id int32, dir wire.UUID, topic wire.UUID, partitions ...int32) []wire.ErrorCode {
	l.t.Helper()
	asked := wire.AssignReplicasToDirsRequestTopicData{TopicId: topic}
	for _, p := range partitions {
		asked.Partitions = append(asked.Partitions, wire.AssignReplicasToDirsRequestPartitionData{PartitionIndex: p})
	}
	resp, err := l.c.AssignReplicasToDirs(Caller{}, &wire.AssignReplicasToDirsRequest{BrokerId: id, BrokerEpoch: l.epochs[id],
		Directories: []askedDir{{Id: dir, Topics: []wire.AssignReplicasToDirsRequestTopicData{asked}}}})
	if err != nil {
		l.t.Fatal(err)
	}
	if resp.ErrorCode != wire.None {
		return []wire.ErrorCode{resp.ErrorCode}
	}
	var codes []wire.ErrorCode
	for _, p := range resp.Directories[0].Topics[0].Partitions {
		codes = append(codes, p.ErrorCode)
	}
	return codes
}

func TestAssignReplicasToDirs(t *testing.T) {
	l := newLife(t, []int32{1, 2}, "min.insync.replicas", "2")
	req := registration(1, 1)
	req.LogDirs = []wire.UUID{{7}, {8}}
	l.register(req)
	topic := l.image().TopicByName("t").ID
	for _, c := range []struct {
		what      string
		id        int32
		dir       wire.UUID
		topic     wire.UUID
		partition int32
		want      wire.ErrorCode
		state     string
	}{
		{"one of its directories", 1, wire.UUID{8}, topic, 0, wire.None, "leader 1 epoch 0 isr [1 2]"},
		{"the same again", 1, wire.UUID{8}, topic, 0, wire.None, "leader 1 epoch 0 isr [1 2]"},
		{"unknown topic", 1, wire.UUID{8}, wire.UUID{99}, 0, wire.UnknownTopicId, "leader 1 epoch 0 isr [1 2]"},
		{"unknown partition", 1, wire.UUID{8}, topic, 9, wire.UnknownTopicOrPartition, "leader 1 epoch 0 isr [1 2]"},
		{"not a replica", 3, wire.UUID{2, 3}, topic, 0, wire.NotLeaderOrFollower, "leader 1 epoch 0 isr [1 2]"},
		{"a lost directory", 1, metadata.LostDir, topic, 0, wire.None, "leader 2 epoch 1 isr [2] elr [1]"},
		{"a directory that is not its own", 2, wire.UUID{2, 3}, topic, 0, wire.None, "leader -1 epoch 2 isr [] elr [1 2] last [2]"},
		{"moved to a good one", 2, wire.UUID{2, 2}, topic, 0, wire.None, "leader 2 epoch 3 isr [2] elr [1]"},
	} {
		if codes := l.assign(c.id, c.dir, c.topic, c.partition); len(codes) != 1 || codes[0] != c.want {
			t.Errorf("%s: %v, want %s", c.what, codes, c.want.Name())
		}
		l.mustBe(c.what, c.state)
		if c.want == wire.None {
			if got := l.image().TopicByName("t").Partition(0).Directory(c.id); got != c.dir {
				t.Errorf("%s: in %v", c.what, got)
			}
		}
	}
	if codes := l.assign(1, wire.UUID{7}, topic, 0, 0); len(codes) != 2 || codes[0] != wire.None || codes[1] != wire.InvalidRequest {
		t.Errorf("twice: %v", codes)
	}
	l.epochs[1]--
	if codes := l.assign(1, wire.UUID{7}, topic, 0); codes[0] != wire.StaleBrokerEpoch {
		t.Errorf("in an old epoch: %v", codes)
	}
	l.check()
}

// TestAssignReplicasToDirsTooEarly: older records have no place for directories.
func TestAssignReplicasToDirsTooEarly(t *testing.T) {
	f := newFixtureWith(t, func(o *Options) { o.Bootstrap = DefaultFeatures(14) })
	resp, err := f.c.AssignReplicasToDirs(Caller{}, &wire.AssignReplicasToDirsRequest{})
	if err != nil || resp.ErrorCode != wire.UnsupportedVersion {
		t.Fatalf("%+v, %v", resp, err)
	}
	second, err := f.c.ControllerRegistration(Caller{}, &wire.ControllerRegistrationRequest{ControllerId: 2})
	if err != nil || second.ErrorCode != wire.UnsupportedVersion {
		t.Fatalf("%+v, %v", second, err)
	}
}

func TestControllerRegistration(t *testing.T) {
	f := newFixture(t)
	req := &wire.ControllerRegistrationRequest{ControllerId: 2, IncarnationId: wire.UUID{5}}
	req.Listeners = []wire.ControllerRegistrationRequestListener{{Name: "CONTROLLER", Host: "h", Port: 9093}}
	req.Features = []wire.ControllerRegistrationRequestFeature{{Name: metadata.MetadataVersion, MinSupportedVersion: 7, MaxSupportedVersion: 33}}
	resp, err := f.c.ControllerRegistration(Caller{}, req)
	c := f.image().Controller(2)
	if err != nil || resp.ErrorCode != wire.None || c == nil || c.IncarnationID != req.IncarnationId || c.Endpoints[0].Port != 9093 || c.Features[0].Max != 33 {
		t.Fatalf("%+v, %v: %+v", resp, err, c)
	}
	f.check()
}

// TestDirectoryTakenOut: whatever an orderly end promises, a replica whose directory the
// new process does not have may lack everything, and does not stay eligible.
func TestDirectoryTakenOut(t *testing.T) {
	for name, c := range map[string]struct {
		assigned wire.UUID // before the end
		dirs     []wire.UUID
		want     string
	}{
		"all are there":          {wire.UUID{8}, []wire.UUID{{7}, {8}}, "leader 2 epoch 1 isr [2] elr [1]"},
		"another one is missing": {wire.UUID{7}, []wire.UUID{{7}}, "leader 2 epoch 1 isr [2] elr [1]"},
		"its own is missing":     {wire.UUID{8}, []wire.UUID{{7}}, "leader 2 epoch 1 isr [2]"},
		"it had none yet":        {metadata.UnassignedDir, []wire.UUID{{7}}, "leader 2 epoch 1 isr [2] elr [1]"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, []int32{1, 2}, "min.insync.replicas", "2")
			l.assign(1, c.assigned, l.image().TopicByName("t").ID, 0)
			register := func(process byte, dirs []wire.UUID) {
				t.Helper()
				req := registration(1, process)
				req.LogDirs, req.PreviousBrokerEpoch = dirs, l.epochs[1]
				resp, err := l.c.BrokerRegistration(Caller{Broker: 1, InProcess: true}, req)
				if err != nil || resp.ErrorCode != wire.None {
					t.Fatalf("%+v, %v", resp, err)
				}
				l.epochs[1] = resp.BrokerEpoch
			}
			register(9, c.dirs)
			l.mustBe(name, c.want)
		})
	}
}

// TestEmptyLeaderIsNotElected: the only replica in sync comes back with another disk.
// What it had is gone; what the others have must not go with it. An operator may choose
// one of them.
func TestEmptyLeaderIsNotElected(t *testing.T) {
	for name, c := range map[string]struct {
		fenced bool // the controller noticed the end of the process before
		want   string
	}{
		"noticed":     {true, "leader -1 epoch 1 isr []"},
		"not noticed": {false, "leader -1 epoch 1 isr []"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, []int32{1, 2, 3})
			topic := l.image().TopicByName("t").ID
			l.assign(1, wire.UUID{2, 1}, topic, 0)
			l.mustAlter(1)
			l.fence(2)
			if c.fenced {
				l.fence(1)
				l.mustBe("its process ended", "leader -1 epoch 1 isr [] elr [1] last [1]")
			}
			req := registration(1, 9)
			req.LogDirs = []wire.UUID{{9}}
			resp, err := l.c.BrokerRegistration(Caller{Broker: 1, InProcess: true}, req)
			if err != nil || resp.ErrorCode != wire.None {
				t.Fatalf("%+v, %v", resp, err)
			}
			l.epochs[1] = resp.BrokerEpoch
			l.mustBe("it has another disk", c.want)
			l.assign(1, wire.UUID{9}, topic, 0)
			l.unfence(1)
			l.unfence(2)
			l.mustBe("all are there", c.want)
			l.fence(1)
			if code := l.elect(electUnclean, "t", 0); code != wire.None {
				t.Errorf("an operator chooses: %s", code.Name())
			}
			l.check()
		})
	}
}

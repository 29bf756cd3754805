package api

import (
	"runtime"
	"testing"

	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// leads is a role that tells when it begins to lead.
type leads chan int32

func (l leads) Lead(epoch int32) { l <- epoch }
func (l leads) Resign()          {}

// TestUpdateRaftVoter: a voter that has moved is shown where it is, and everything else
// is refused as by Kafka, with who leads.
func TestUpdateRaftVoter(t *testing.T) {
	role := make(leads, 1)
	q, err := quorum.Open(quorum.Options{FS: vfs.NewMem(), Dir: "meta", NodeID: 1, DirectoryID: wire.UUID{5}, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	q.Start()
	epoch := <-role
	b := newDataBroker(t)
	b.api.MetadataLog, b.api.Quorum, b.api.ClusterID = q, q.Status, "mine"
	b.api.ControllerListeners = []string{listenerName}
	c := b.client()
	other, mine := "other", "mine"
	for _, tc := range []struct {
		name  string
		spoil func(r *wire.UpdateRaftVoterRequest)
		want  wire.ErrorCode
	}{
		{"another cluster", func(r *wire.UpdateRaftVoterRequest) { r.ClusterId = &other }, wire.InconsistentClusterId},
		{"an old epoch", func(r *wire.UpdateRaftVoterRequest) { r.CurrentLeaderEpoch-- }, wire.FencedLeaderEpoch},
		{"a future epoch", func(r *wire.UpdateRaftVoterRequest) { r.CurrentLeaderEpoch++ }, wire.UnknownLeaderEpoch},
		{"no directory", func(r *wire.UpdateRaftVoterRequest) { r.VoterDirectoryId = wire.UUID{} }, wire.InvalidRequest},
		{"no node", func(r *wire.UpdateRaftVoterRequest) { r.VoterId = -1 }, wire.InvalidRequest},
		{"no place", func(r *wire.UpdateRaftVoterRequest) { r.Listeners = nil }, wire.InvalidRequest},
		{"another listener", func(r *wire.UpdateRaftVoterRequest) { r.Listeners[0].Name = "X" }, wire.InvalidRequest},
		{"versions upside down", func(r *wire.UpdateRaftVoterRequest) { r.KRaftVersionFeature.MinSupportedVersion = 2 }, wire.InvalidRequest},
		{"too old", func(r *wire.UpdateRaftVoterRequest) { r.KRaftVersionFeature.MaxSupportedVersion = 0 }, wire.InvalidRequest},
		{"a stranger", func(r *wire.UpdateRaftVoterRequest) { r.VoterId = 9 }, wire.VoterNotFound},
		{"its former self", func(r *wire.UpdateRaftVoterRequest) { r.VoterDirectoryId = wire.UUID{6} }, wire.VoterNotFound},
		{"the voter", func(*wire.UpdateRaftVoterRequest) {}, wire.None},
		{"the voter again", func(*wire.UpdateRaftVoterRequest) {}, wire.None},
	} {
		req := &wire.UpdateRaftVoterRequest{ClusterId: &mine, CurrentLeaderEpoch: epoch, VoterId: 1, VoterDirectoryId: wire.UUID{5},
			Listeners: []wire.UpdateRaftVoterRequestListener{{Name: listenerName, Host: "new", Port: 77}}}
		req.KRaftVersionFeature.MaxSupportedVersion = 1
		tc.spoil(req)
		for q.Status().Changing { // the answer before did not wait for the commit
			runtime.Gosched()
		}
		var resp wire.UpdateRaftVoterResponse
		if c.ask(req, 0, &resp); resp.ErrorCode != tc.want || resp.CurrentLeader.LeaderId != 1 || resp.CurrentLeader.LeaderEpoch != epoch {
			t.Errorf("%s: %s, leader %+v", tc.name, resp.ErrorCode.Name(), resp.CurrentLeader)
		}
	}
	var shown wire.DescribeQuorumResponse
	c.ask(quorumRequest("__cluster_metadata", 0), 2, &shown)
	for len(shown.Nodes) != 1 || len(shown.Nodes[0].Listeners) != 1 { // the answer did not wait for the commit
		c.ask(quorumRequest("__cluster_metadata", 0), 2, &shown)
	}
	if l := shown.Nodes[0].Listeners[0]; l.Host != "new" || l.Port != 77 || l.Name != listenerName {
		t.Errorf("it is shown at %+v", l)
	}
}

// TestUpdateRaftVoterOfALearner: who is catching up is not told that it is a stranger: it
// would leave.
func TestUpdateRaftVoterOfALearner(t *testing.T) {
	role := make(leads, 1)
	q, err := quorum.Open(quorum.Options{FS: vfs.NewMem(), Dir: "meta", NodeID: 1, DirectoryID: wire.UUID{5}, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	q.Start()
	epoch := <-role
	b := newDataBroker(t)
	b.api.MetadataLog, b.api.Quorum, b.api.ClusterID = q, q.Status, "mine"
	b.api.ControllerListeners = []string{listenerName}
	learner := quorum.Member{RaftID: quorum.JoinedRaftID(wire.UUID{7}), NodeID: 2, DirectoryID: wire.UUID{7}}
	if err := await(func(done func(error)) { q.AddLearner(learner, done) }); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[wire.UUID]wire.ErrorCode{{7}: wire.RequestTimedOut, {8}: wire.VoterNotFound} {
		req := &wire.UpdateRaftVoterRequest{CurrentLeaderEpoch: epoch, VoterId: 2, VoterDirectoryId: dir,
			Listeners: []wire.UpdateRaftVoterRequestListener{{Name: listenerName, Host: "h", Port: 77}}}
		req.KRaftVersionFeature.MaxSupportedVersion = 1
		var resp wire.UpdateRaftVoterResponse
		if b.client().ask(req, 0, &resp); resp.ErrorCode != want {
			t.Errorf("directory %v: %s", dir, resp.ErrorCode.Name())
		}
	}
}

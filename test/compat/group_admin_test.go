package compat

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// What admin clients are told about groups, one with a member, one without, and
// one that never was.
func TestGroupAdmin(t *testing.T) {
	b := peer.Start(t, "group.min.session.timeout.ms=1000")
	admin := peer.Admin(t, b.Address)
	ctx := t.Context()
	peer.CreateTopic(t, b.Address, "read", 2)
	peer.CreateTopic(t, b.Address, "unread", 1)
	peer.Send(t, peer.Franz{}, b.Address, peer.To("read"), spread(2, 5, "x"))
	peer.Franz{}.Consume(t, b.Address, "empty", []string{"read"}, 10)
	member := peer.Join(t, peer.Librdkafka(), b.Address, "live", []string{"read"}, quick...)
	shares(t, []*peer.Member{member}, 2)
	peer.Eventually(t, 10*time.Second, func() error {
		groups, err := admin.DescribeGroups(ctx, "live")
		if err != nil {
			return err
		}
		if groups["live"].State != "Stable" {
			return errors.New("the group is " + groups["live"].State)
		}
		return nil
	})

	listed, err := admin.ListGroups(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := listed.Groups(); !slices.Equal(got, []string{"empty", "live"}) {
		t.Errorf("the groups are %v", got)
	}
	if stable, err := admin.ListGroups(ctx, "Stable"); err != nil || !slices.Equal(stable.Groups(), []string{"live"}) {
		t.Errorf("the stable groups are %v, %v", stable.Groups(), err)
	}

	described, err := admin.DescribeGroups(ctx, "live", "empty", "never")
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		t.Fatal(err)
	}
	for group, want := range map[string]struct {
		state, protocol string
		members         int
	}{"live": {"Stable", "range", 1}, "empty": {"Empty", "", 0}, "never": {"Dead", "", 0}} {
		g := described[group]
		if g.State != want.state || g.Protocol != want.protocol || len(g.Members) != want.members {
			t.Errorf("%s: state %s, protocol %q, %d members", group, g.State, g.Protocol, len(g.Members))
		}
	}

	t.Run("offsets", func(t *testing.T) { groupOffsets(t, admin) })
	t.Run("delete", func(t *testing.T) { groupDelete(t, admin, member) })
}

func groupOffsets(t *testing.T, admin *kadm.Client) {
	ctx := t.Context()
	never, err := admin.FetchOffsetsForTopics(ctx, "never", "read")
	if err != nil {
		t.Fatal(err)
	}
	if o, _ := never.Lookup("read", 0); o.At != -1 || o.LeaderEpoch != -1 || o.Metadata != "" || o.Err != nil {
		t.Errorf("a group that never was has committed %+v", o)
	}
	var commit kadm.Offsets
	commit.Add(kadm.Offset{Topic: "read", Partition: 0, At: 3, LeaderEpoch: 0, Metadata: "by hand"})
	if err := admin.CommitAllOffsets(ctx, "empty", commit); err != nil {
		t.Errorf("commit for an empty group: %v", err)
	}
	after, err := admin.FetchOffsets(ctx, "empty")
	if err != nil {
		t.Fatal(err)
	}
	if o, _ := after.Lookup("read", 0); o.At != 3 || o.Metadata != "by hand" || o.LeaderEpoch != 0 {
		t.Errorf("fetched back %+v", o)
	}
	var reset kadm.Offsets // kafkajs commits -2 when it was out of range
	reset.Add(kadm.Offset{Topic: "read", Partition: 1, At: -2, LeaderEpoch: -1})
	if err := admin.CommitAllOffsets(ctx, "empty", reset); err != nil {
		t.Errorf("commit of a negative offset: %v", err)
	}
	if after, err = admin.FetchOffsets(ctx, "empty"); err != nil {
		t.Fatal(err)
	}
	if o, _ := after.Lookup("read", 1); o.At != -2 {
		t.Errorf("fetched back %+v", o)
	}
	if err := admin.CommitAllOffsets(ctx, "live", commit); !errors.Is(err, kerr.UnknownMemberID) {
		t.Errorf("commit past the live member: %v", err)
	}
	var gone kadm.TopicsSet
	gone.Add("read", 0)
	if r, err := admin.DeleteOffsets(ctx, "live", gone); err != nil || !errors.Is(r["read"][0], kerr.GroupSubscribedToTopic) {
		t.Errorf("delete offsets of a subscribed topic: %v %v", r, err)
	}
	if r, err := admin.DeleteOffsets(ctx, "empty", gone); err != nil || r["read"][0] != nil {
		t.Errorf("delete offsets: %v %v", r, err)
	}
	if after, err = admin.FetchOffsets(ctx, "empty"); err != nil {
		t.Fatal(err)
	}
	if o, ok := after.Lookup("read", 0); ok && o.At != -1 {
		t.Errorf("a deleted offset is still %+v", o)
	}
}

func groupDelete(t *testing.T, admin *kadm.Client, member *peer.Member) {
	ctx := t.Context()
	deleted, err := admin.DeleteGroups(ctx, "live", "never", "empty")
	if err != nil && deleted == nil {
		t.Fatal(err)
	}
	for group, want := range map[string]error{"live": kerr.NonEmptyGroup, "never": kerr.GroupIDNotFound, "empty": nil} {
		if got := deleted[group].Err; !errors.Is(got, want) {
			t.Errorf("delete %s: %v, want %v", group, got, want)
		}
	}
	member.Leave(t)
	if deleted, err = admin.DeleteGroups(ctx, "live"); err != nil || deleted["live"].Err != nil {
		t.Errorf("delete after the member left: %v %v", err, deleted["live"].Err)
	}
	if listed, err := admin.ListGroups(ctx); err != nil || len(listed) != 0 {
		t.Errorf("groups are left: %v %v", listed.Groups(), err)
	}
}

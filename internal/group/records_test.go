package group

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// golden are records as the classes of Kafka 4.4.0 write them
// (GroupCoordinatorRecordHelpers through GroupCoordinatorRecordSerde).
var golden = []struct {
	name       string
	record     func() shard.Record
	key, value string
}{
	{
		"offset with a topic id",
		func() shard.Record {
			return offsetCommitRecord("grp", "top", 3, &committedOffset{
				offset: 42, leaderEpoch: 7, metadata: "meta", commitMs: 1700000000000, expireMs: noExpiry,
				topicID: wire.UUID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
			})
		},
		"000100036772700003746f7000000003",
		"0004000000000000002a00000007056d6574610000018bcfe568000100100102030405060708090a0b0c0d0e0f10",
	},
	{
		"offset without anything",
		func() shard.Record {
			return offsetCommitRecord("grp", "top", 3, &committedOffset{offset: 42, leaderEpoch: -1, commitMs: 1700000000000, expireMs: noExpiry})
		},
		"000100036772700003746f7000000003",
		"0004000000000000002affffffff010000018bcfe5680000",
	},
	{
		"offset with a retention of its own",
		func() shard.Record {
			return offsetCommitRecord("grp", "top", 3, &committedOffset{
				offset: 42, leaderEpoch: 7, metadata: "meta", commitMs: 1700000000000, expireMs: 1700000060000,
			})
		},
		"000100036772700003746f7000000003",
		"0001000000000000002a00046d6574610000018bcfe568000000018bcfe65260",
	},
	{"deleted offset", func() shard.Record { return offsetTombstone("grp", "top", 3) }, "000100036772700003746f7000000003", ""},
	{"deleted group", func() shard.Record { return groupTombstone("grp") }, "00020003677270", ""},
	{
		"group",
		func() shard.Record {
			leader, protocol, instance := "m1", "range", "i1"
			return groupMetadataRecord("grp", &wire.GroupMetadataValue{
				ProtocolType: "consumer", Generation: 5, Protocol: &protocol, Leader: &leader, CurrentStateTimestamp: 1700000000000,
				Members: []wire.GroupMetadataValueMemberMetadata{
					{MemberId: "m1", GroupInstanceId: &instance, ClientId: "c", ClientHost: "/127.0.0.1", RebalanceTimeout: 60000, SessionTimeout: 10000, Subscription: []byte{1, 2}, Assignment: []byte{3}},
					{MemberId: "m2", ClientHost: "/127.0.0.1", RebalanceTimeout: 60000, SessionTimeout: 10000, Subscription: []byte{1, 2}},
				},
			})
		},
		"00020003677270",
		"00030008636f6e73756d657200000005000572616e676500026d310000018bcfe568000000000200026d3100026931000163000a2f3132372e302e302e31" +
			"0000ea6000002710000000020102000000010300026d32ffff0000000a2f3132372e302e302e310000ea600000271000000002010200000000",
	},
	{
		"empty group",
		func() shard.Record {
			return groupMetadataRecord("grp", &wire.GroupMetadataValue{ProtocolType: "consumer", Generation: 6, CurrentStateTimestamp: 1700000000000})
		},
		"00020003677270",
		"00030008636f6e73756d657200000006ffffffff0000018bcfe5680000000000",
	},
}

func TestRecordsAreKafkas(t *testing.T) {
	for _, tt := range golden {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.record()
			if got := hex.EncodeToString(r.Key); got != tt.key {
				t.Errorf("key\n%s, want\n%s", got, tt.key)
			}
			if got := hex.EncodeToString(r.Value); got != tt.value || (r.Value == nil) != (tt.value == "") {
				t.Errorf("value\n%s, want\n%s", got, tt.value)
			}
			s := state{groups: map[string]*groupState{}}
			if _, err := s.apply(r.Key, r.Value); err != nil {
				t.Errorf("cannot be replayed: %v", err)
			}
		})
	}
}

// The bound must hold: what is checked before an append is what the append needs.
func TestSizesAreBounds(t *testing.T) {
	protocol, leader := "range", "m"
	v := &wire.GroupMetadataValue{ProtocolType: "consumer", Protocol: &protocol, Leader: &leader}
	for range 5 {
		if got, bound := len(groupMetadataRecord("g", v).Value), groupMetadataBytes(v); got > bound {
			t.Errorf("%d bytes with %d members, bound %d", got, len(v.Members), bound)
		}
		v.Members = append(v.Members, wire.GroupMetadataValueMemberMetadata{MemberId: "member", GroupInstanceId: &leader, ClientId: "c", ClientHost: "h", Subscription: []byte{1}, Assignment: []byte{2}})
	}
	if got, bound := recordBytes(offsetTombstone("group", "topic", 1)), tombstoneBytes("group", "topic"); got > bound {
		t.Errorf("a tombstone of %d bytes, bound %d", got, bound)
	}
}

// replayed returns the state after the records.
func replayed(t *testing.T, records ...shard.Record) *state {
	t.Helper()
	s := &state{groups: map[string]*groupState{}}
	for _, r := range records {
		if _, err := s.apply(r.Key, r.Value); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func value(version int16, record wire.Record) []byte {
	return record.Append(wire.AppendInt16(nil, version), version)
}

// Logs that older Kafkas wrote are read: every version of every record.
func TestOlderRecordVersions(t *testing.T) {
	t.Run("offset commits", func(t *testing.T) {
		for version := int16(0); version <= 4; version++ {
			v := &wire.OffsetCommitValue{Offset: 5, LeaderEpoch: 3, Metadata: "m", CommitTimestamp: 9, ExpireTimestamp: 11}
			key := offsetCommitKey("g", "t", 1)
			key[1] = byte(version % 2) // both record types say the same
			got, ok := replayed(t, shard.Record{Key: key, Value: value(version, v)}).group("g").offsets.find("t", 1)
			want := committedOffset{offset: 5, leaderEpoch: -1, metadata: "m", commitMs: 9, expireMs: -1}
			if version >= 3 {
				want.leaderEpoch = 3
			}
			if version == 1 {
				want.expireMs = 11
			}
			if !ok || got != want {
				t.Errorf("version %d: %+v, want %+v", version, got, want)
			}
		}
	})
	t.Run("group metadata", func(t *testing.T) {
		for version := int16(0); version <= 4; version++ {
			instance, protocol := "i", "range"
			v := &wire.GroupMetadataValue{ProtocolType: "consumer", Generation: 3, Protocol: &protocol, CurrentStateTimestamp: 7, Members: []wire.GroupMetadataValueMemberMetadata{
				{MemberId: "m", GroupInstanceId: &instance, RebalanceTimeout: 60, SessionTimeout: 10},
			}}
			gs := replayed(t, shard.Record{Key: groupMetadataKey("g"), Value: value(version, v)}).group("g")
			m := newMachine(0, &Options{MaxMessageBytes: func() int { return 1 << 20 }, Log: discard})
			g := emptyGroup(m, "g", gs.meta)
			if g.generation != 3 || (g.stateMs == 7) != (version >= 2) || (gs.meta.Members[0].GroupInstanceId != nil) != (version >= 3) {
				t.Errorf("version %d: %+v", version, gs.meta)
			}
		}
	})
}

// Records of other kinds of groups, and kinds that nobody knows yet, are left alone.
func TestForeignRecordsAreSkipped(t *testing.T) {
	for _, recordType := range []int16{3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 24, 999, -1} {
		s := replayed(t, shard.Record{Key: wire.AppendInt16(nil, recordType), Value: []byte{1, 2, 3}}, shard.Record{Key: wire.AppendInt16(nil, recordType)})
		if len(s.groups) != 0 {
			t.Errorf("type %d made %v", recordType, s.groups)
		}
	}
}

func TestUnreadableRecords(t *testing.T) {
	good := offsetCommitRecord("g", "t", 1, &committedOffset{expireMs: noExpiry})
	group := groupMetadataRecord("g", &wire.GroupMetadataValue{})
	for name, r := range map[string]shard.Record{
		"no key": {}, "short key": {Key: []byte{0}}, "short offset key": {Key: good.Key[:5], Value: good.Value},
		"short group key": {Key: group.Key[:3], Value: group.Value}, "no value bytes": {Key: good.Key, Value: []byte{}},
		"short offset": {Key: good.Key, Value: good.Value[:9]}, "short group": {Key: group.Key, Value: group.Value[:9]},
		"future offset": {Key: good.Key, Value: append([]byte{0, 5}, good.Value[2:]...)},
		"future group":  {Key: group.Key, Value: append([]byte{0, 5}, group.Value[2:]...)},
	} {
		s := &state{groups: map[string]*groupState{}}
		if _, err := s.apply(r.Key, r.Value); !errors.Is(err, errBadRecord) {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.groups) != 0 {
			t.Errorf("%s: left %v", name, s.groups)
		}
	}
}

// What a deleted group leaves behind is invisible until the group exists again.
func TestOffsetsOfADeletedGroup(t *testing.T) {
	commit := func(partition int32) shard.Record {
		return offsetCommitRecord("g", "t", partition, &committedOffset{offset: 1, expireMs: noExpiry})
	}
	s := replayed(t, commit(0), groupTombstone("g"))
	if s.group("g") != nil || len(s.groups) != 1 {
		t.Fatalf("after the deletion: %v", s.groups)
	}
	if _, err := s.apply(commit(1).Key, commit(1).Value); err != nil || len(s.group("g").offsets["t"]) != 2 {
		t.Fatalf("after another commit: %v", s.groups)
	}
	s = replayed(t, commit(0), groupTombstone("g"), offsetTombstone("g", "t", 0), offsetTombstone("g", "t", 0))
	if len(s.groups) != 0 {
		t.Fatalf("after all: %v", s.groups)
	}
}

// Whatever the bytes are: no panic, and what is accepted is accepted again.
func FuzzReplay(f *testing.F) {
	for _, tt := range golden {
		r := tt.record()
		f.Add(r.Key, r.Value, r.Value == nil)
	}
	f.Fuzz(func(t *testing.T, key, val []byte, tombstone bool) {
		if tombstone {
			val = nil
		}
		keyBefore, valueBefore := bytes.Clone(key), bytes.Clone(val)
		one, two := &state{groups: map[string]*groupState{}}, &state{groups: map[string]*groupState{}}
		_, err := one.apply(key, val)
		_, again := two.apply(key, val)
		if (err == nil) != (again == nil) || !reflect.DeepEqual(one, two) {
			t.Fatal("not the same twice")
		}
		if !bytes.Equal(key, keyBefore) || !bytes.Equal(val, valueBefore) {
			t.Fatal("the record was changed")
		}
		for id, gs := range one.groups {
			if gs.exists && gs.meta != nil {
				reviveAnything(t, id, gs.meta)
			}
		}
	})
}

// FuzzSubscription: member metadata comes from clients.
func FuzzSubscription(f *testing.F) {
	f.Add(subscription("a", "b"))
	f.Fuzz(func(t *testing.T, b []byte) { parseSubscription(b) })
}

// A record's bytes are lent: on load they are overwritten by the next ones.
func TestReplayKeepsNothingOfTheRecord(t *testing.T) {
	for _, tt := range golden {
		r := tt.record()
		s, want := replayed(t), replayed(t, r)
		key, val := bytes.Clone(r.Key), bytes.Clone(r.Value)
		if _, err := s.apply(key, val); err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{key, val} {
			for i := range b {
				b[i] ^= 0xff
			}
		}
		if !reflect.DeepEqual(s, want) {
			t.Errorf("%s: the state changed with the record's bytes", tt.name)
		}
	}
}

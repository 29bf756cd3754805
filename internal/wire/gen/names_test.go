package main

import "testing"

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"ProduceRequest":     "gen_produce_request",
		"QuorumStateData":    "gen_quorum_state_data",
		"KRaftVersionRecord": "gen_k_raft_version_record",
		"AbortedTxn":         "gen_aborted_txn",
	} {
		if got := fileName(in); got != want {
			t.Errorf("file of %s: %s", in, got)
		}
	}
	if got := nestedName("FetchResponse", "PartitionData"); got != "FetchResponsePartitionData" {
		t.Error(got)
	}
	if got := nestedName("MetadataResponse", "MetadataResponseTopic"); got != "MetadataResponseTopic" {
		t.Error(got)
	}
	if got := camel("NOT_LEADER_OR_FOLLOWER"); got != "NotLeaderOrFollower" {
		t.Error(got)
	}
}

func TestCheckNamesFindsClashes(t *testing.T) {
	a := &message{definition: definition{Name: "A"}, structs: []*structType{{goName: "AB"}}}
	b := &message{definition: definition{Name: "B"}, structs: []*structType{{goName: "AB"}}}
	if checkNames([]*message{a, b}) == nil {
		t.Error("two structs have the same name")
	}
	if err := checkNames([]*message{a}); err != nil {
		t.Error(err)
	}
}

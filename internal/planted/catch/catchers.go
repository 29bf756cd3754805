package main

import "github.com/brolga-io/brolga/internal/planted"

// catcher is a test that fails with a bug.
type catcher struct{ pkg, test string }

// catchers are the cheapest tests that are known to catch the bugs, found by -search.
func catchers() map[planted.Bug]catcher {
	return map[planted.Bug]catcher{
		planted.AckBeforeReplication:   {"replica", "TestAwait"},
		planted.PromiseBeforeFsync:     {"replica", "TestWatermarkWaitsForDisks"},
		planted.SkipFsync:              {"commitlog", "TestSyncAfterAKill"},
		planted.AckAfterEIO:            {"commitlog", "TestFailedSyncIsFinal"},
		planted.WatermarkIsLogEnd:      {"replica", "TestFollowerWithoutFsync"},
		planted.WatermarkBelowMinISR:   {"replica", "TestKIP966LastReplicaStanding"},
		planted.FetchAboveWatermark:    {"replica", "TestWatermarkWaitsForDisks"},
		planted.FollowerWatermarkAhead: {"replica", "TestKAFKA14704WatermarkAfterTruncation"},
		planted.JoinerNotAwaited:       {"replica", "TestKAFKA12686OutcomeOfJoiningUnknown"},
		planted.LeaverNotAwaited:       {"replica", "TestLeaverIsAwaited"},

		planted.TruncateToWatermark: {"replica", "TestFollowerKeepsWhatIsAboveItsWatermark"},
		planted.DivergenceUnnoticed: {"replica", "TestKIP704UncleanElection"},
		planted.EpochsNotCut:        {"commitlog", "TestKAFKA10432And10706"},
		planted.NoEpochBump:         {"metadata", "TestImageAgainstModel"},
		planted.StaleLeaderAppends:  {"commitlog", "TestRefusedAppends"},
		planted.FollowerTakesBadCRC: {"commitlog", "TestFollower"},

		planted.DedupForgotten:     {"commitlog", "TestLastFiveSurviveRestart"},
		planted.DedupWindowOne:     {"commitlog", "TestLastFiveSurviveRestart"},
		planted.IndexOneOff:        {"commitlog", "TestCompactionAgainstAMap"},
		planted.TornTailKept:       {"commitlog", "TestPowerLossAtEveryOperation"},
		planted.DirectoryUnsynced:  {"commitlog", "TestNewTransactionIndexIsSynced"},
		planted.TombstonesGoAtOnce: {"commitlog", "TestCompactTombstones"},

		planted.CheckpointUnsynced: {"logdir", "TestPowerLossAtEveryOperation"},
		planted.CleanMarkStays:     {"logdir", "TestPowerLossAtEveryOperation"},
		planted.LogStartForgotten:  {"logdir", "TestPowerLossAtEveryOperation"},
		planted.TopicIDIgnored:     {"logdir", "TestCreateAgain"},
		planted.OrphansByAbsence:   {"testcluster", "TestReplicasThatLeftMeanwhile"},

		planted.StaleEpochJoins:      {"controller", "TestAlterPartitionIsRefused"},
		planted.UncleanAnyway:        {"controller", "TestUnregisterTheLastReplica"},
		planted.FencedMayLead:        {"controller", "TestRecoveryEnds"},
		planted.SnapshotDropsConfigs: {"metadata", "TestImageAgainstModel"},
		planted.VoteUnsynced:         {"quorum", "TestAloneAfterDeath"},

		planted.OffsetsInWrongOrder: {"replica", "TestShardLog"},
		planted.GenerationUnchecked: {"group", "TestCommitsOfMembers"},
		planted.ReplayByClock:       {"group", "TestListGroups"},
	}
}

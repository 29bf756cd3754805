package api

import "github.com/brolga-io/brolga/internal/wire"

// row is one API: its key, the versions served, the node that answers and the
// function that does.
type row struct {
	key      int16
	min, max int16
	at       place
	serve    handler
}

// table lists every API that is served.
func table() []row {
	return []row{
		{0, 3, 13, here, nil}, // Produce is staged, see produce.go
		{1, 4, 18, here, fetch},
		{2, 1, 11, here, typed((*API).listOffsets)},
		{3, 0, 13, here, typed((*API).metadata)},
		{8, 2, 10, here, typed((*API).offsetCommit)},
		{9, 1, 10, here, typed((*API).offsetFetch)},
		{10, 0, 6, here, typed((*API).findCoordinator)},
		{11, 0, 9, here, typed((*API).joinGroup)},
		{12, 0, 4, here, typed((*API).heartbeat)},
		{13, 0, 5, here, typed((*API).leaveGroup)},
		{14, 0, 5, here, typed((*API).syncGroup)},
		{15, 0, 6, here, typed((*API).describeGroups)},
		{16, 0, 5, here, typed((*API).listGroups)},
		{17, 0, 1, here, typed((*API).saslHandshake)},
		{18, 0, 5, here, apiVersions},
		{19, 2, 7, active, typed((*API).createTopics)},
		{20, 1, 6, active, typed((*API).deleteTopics)},
		{21, 0, 2, here, typed((*API).deleteRecords)},
		{22, 0, 5, here, typed((*API).initProducerID)},
		{23, 2, 4, here, typed((*API).offsetForLeaderEpoch)},
		{29, 1, 3, here, typed((*API).describeAcls)},
		{30, 1, 3, active, typed((*API).createAcls)},
		{31, 1, 3, active, typed((*API).deleteAcls)},
		{32, 1, 4, here, typed((*API).describeConfigs)},
		{33, 0, 2, active, typed((*API).alterConfigs)},
		{34, 1, 2, here, typed((*API).alterReplicaLogDirs)},
		{35, 1, 5, here, typed((*API).describeLogDirs)},
		{36, 0, 2, here, typed((*API).saslAuthenticate)},
		{37, 0, 3, active, typed((*API).createPartitions)},
		{42, 0, 3, here, typed((*API).deleteGroups)},
		{43, 0, 2, active, typed((*API).electLeaders)},
		{44, 0, 1, both, typed((*API).incrementalAlterConfigs)},
		{45, 0, 1, active, typed((*API).alterPartitionReassignments)},
		{46, 0, 0, active, typed((*API).listPartitionReassignments)},
		{47, 0, 0, here, typed((*API).offsetDelete)},
		{48, 0, 1, here, typed((*API).describeClientQuotas)},
		{50, 0, 0, here, typed((*API).describeUserScramCredentials)},
		{51, 0, 0, active, typed((*API).alterUserScramCredentials)},
		{55, 0, 2, active, typed((*API).describeQuorum)},
		{56, 2, 3, here, typed((*API).alterPartition)},
		{57, 0, 2, active, typed((*API).updateFeatures)},
		{58, 0, 0, here, typed((*API).envelope)},
		{59, 0, 1, here, typed((*API).fetchSnapshot)},
		{60, 0, 2, here, typed((*API).describeCluster)},
		{61, 0, 0, here, typed((*API).describeProducers)},
		{62, 0, 4, here, typed((*API).brokerRegistration)},
		{63, 0, 2, here, typed((*API).brokerHeartbeat)},
		{64, 0, 0, active, typed((*API).unregisterBroker)},
		{67, 0, 0, here, typed((*API).allocateProducerIDs)},
		{69, 0, 1, here, typed((*API).consumerGroupDescribe)},
		{70, 0, 0, here, typed((*API).controllerRegistration)},
		{73, 0, 0, here, typed((*API).assignReplicasToDirs)},
		{74, 0, 1, here, typed((*API).listConfigResources)},
		{75, 0, 0, here, typed((*API).describeTopicPartitions)},
		{80, 0, 1, active, typed((*API).addRaftVoter)},
		{81, 0, 0, active, typed((*API).removeRaftVoter)},
		{82, 0, 0, here, typed((*API).updateRaftVoter)},
		{wire.APIKeyRaftMessages, 0, 0, here, typed((*API).raftMessages)},
	}
}

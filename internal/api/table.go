package api

// row is one API: its key, the versions served and the function that answers.
type row struct {
	key      int16
	min, max int16
	serve    handler
}

// table lists every API that is served.
func table() []row {
	return []row{
		{0, 3, 13, nil}, // Produce is staged, see produce.go
		{1, 4, 18, fetch},
		{2, 1, 11, typed((*API).listOffsets)},
		{3, 0, 13, typed((*API).metadata)},
		{8, 2, 10, typed((*API).offsetCommit)},
		{9, 1, 10, typed((*API).offsetFetch)},
		{10, 0, 6, typed((*API).findCoordinator)},
		{11, 0, 9, typed((*API).joinGroup)},
		{12, 0, 4, typed((*API).heartbeat)},
		{13, 0, 5, typed((*API).leaveGroup)},
		{14, 0, 5, typed((*API).syncGroup)},
		{15, 0, 6, typed((*API).describeGroups)},
		{16, 0, 5, typed((*API).listGroups)},
		{17, 0, 1, typed((*API).saslHandshake)},
		{18, 0, 5, apiVersions},
		{19, 2, 7, typed((*API).createTopics)},
		{20, 1, 6, typed((*API).deleteTopics)},
		{21, 0, 2, typed((*API).deleteRecords)},
		{22, 0, 5, typed((*API).initProducerID)},
		{23, 2, 4, typed((*API).offsetForLeaderEpoch)},
		{29, 1, 3, typed((*API).describeAcls)},
		{30, 1, 3, typed((*API).createAcls)},
		{31, 1, 3, typed((*API).deleteAcls)},
		{32, 1, 4, typed((*API).describeConfigs)},
		{33, 0, 2, typed((*API).alterConfigs)},
		{35, 1, 5, typed((*API).describeLogDirs)},
		{36, 0, 2, typed((*API).saslAuthenticate)},
		{37, 0, 3, typed((*API).createPartitions)},
		{42, 0, 3, typed((*API).deleteGroups)},
		{43, 0, 2, typed((*API).electLeaders)},
		{44, 0, 1, typed((*API).incrementalAlterConfigs)},
		{46, 0, 0, typed((*API).listPartitionReassignments)},
		{47, 0, 0, typed((*API).offsetDelete)},
		{48, 0, 1, typed((*API).describeClientQuotas)},
		{50, 0, 0, typed((*API).describeUserScramCredentials)},
		{51, 0, 0, typed((*API).alterUserScramCredentials)},
		{55, 0, 2, typed((*API).describeQuorum)},
		{57, 0, 2, typed((*API).updateFeatures)},
		{60, 0, 2, typed((*API).describeCluster)},
		{61, 0, 0, typed((*API).describeProducers)},
		{69, 0, 1, typed((*API).consumerGroupDescribe)},
		{74, 0, 1, typed((*API).listConfigResources)},
		{75, 0, 0, typed((*API).describeTopicPartitions)},
	}
}

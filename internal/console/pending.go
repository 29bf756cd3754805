package console

import "github.com/brolga-io/brolga/internal/console/view"

func (c *call) meta() (a view.Meta, err error) { return a, errPending }

func (c *call) login(view.Credentials) (a view.Session, err error) { return a, errPending }

func (c *call) logout() (a view.Done, err error) { return a, errPending }

func (c *call) listClusters() (a view.ClusterList, err error) { return a, errPending }

func (c *call) addCluster(view.NewCluster) (a view.Done, err error) { return a, errPending }

func (c *call) removeCluster() (a view.Done, err error) { return a, errPending }

func (c *call) overview() (a view.Overview, err error) { return a, errPending }

func (c *call) listEvents(view.EventQuery) (a view.EventPage, err error) { return a, errPending }

func (c *call) connect() (a view.Connect, err error) { return a, errPending }

func (c *call) listTopics(view.TopicQuery) (a view.TopicPage, err error) { return a, errPending }

func (c *call) exportTopics(view.TopicQuery) error { return errPending }

func (c *call) topicDefaults() (a view.TopicDefaults, err error) { return a, errPending }

func (c *call) createTopic(view.NewTopic) (a view.Done, err error) { return a, errPending }

func (c *call) bulkTopics(view.BulkTopics) (a view.BulkResult, err error) { return a, errPending }

func (c *call) topic() (a view.Topic, err error) { return a, errPending }

func (c *call) deleteTopic() (a view.Done, err error) { return a, errPending }

func (c *call) cloneTopic(view.CloneTopic) (a view.Done, err error) { return a, errPending }

func (c *call) purgeTopic() (a view.DeletedRecords, err error) { return a, errPending }

func (c *call) topicConfigs() (a view.ConfigList, err error) { return a, errPending }

func (c *call) changeTopicConfigs(view.ConfigChange) (a view.Done, err error) { return a, errPending }

func (c *call) addPartitions(view.AddPartitions) (a view.Done, err error) { return a, errPending }

func (c *call) deleteRecords(view.DeleteRecords) (a view.DeletedRecords, err error) {
	return a, errPending
}

func (c *call) electLeaders(view.Election) (a view.Elected, err error) { return a, errPending }

func (c *call) topicGroups(view.GroupQuery) (a view.GroupPage, err error) { return a, errPending }

func (c *call) topicProducers() (a view.ProducerList, err error) { return a, errPending }

func (c *call) listMessages(view.MessageQuery) (a view.MessagePage, err error) { return a, errPending }

func (c *call) scanMessages(view.MessageQuery, func(view.ScanEvent) error) error { return errPending }

func (c *call) exportMessages(view.ExportQuery) error { return errPending }

func (c *call) tailMessages(view.TailQuery, *eventWriter) error { return errPending }

func (c *call) controlTail(view.TailControl) (a view.Done, err error) { return a, errPending }

func (c *call) fullMessage(view.FullMessage) (a view.Message, err error) { return a, errPending }

func (c *call) downloadPayload(struct{}) error { return errPending }

func (c *call) produce(view.Produce) (a view.Produced, err error) { return a, errPending }

func (c *call) resend(view.Resend) (a view.Produced, err error) { return a, errPending }

func (c *call) copyMessages(view.CopyRange, func(view.CopyEvent) error) error { return errPending }

func (c *call) checkFilter(view.FilterCheck) (a view.FilterVerdict, err error) { return a, errPending }

func (c *call) listGroups(view.GroupQuery) (a view.GroupPage, err error) { return a, errPending }

func (c *call) exportGroups(view.GroupQuery) error { return errPending }

func (c *call) group() (a view.Group, err error) { return a, errPending }

func (c *call) deleteGroup() (a view.Done, err error) { return a, errPending }

func (c *call) groupHistory() (a view.GroupHistory, err error) { return a, errPending }

func (c *call) resetGroup(view.Reset) (a view.ResetResult, err error) { return a, errPending }

func (c *call) deleteGroupOffsets(view.DeleteOffsets) (a view.DeletedOffsets, err error) {
	return a, errPending
}

func (c *call) listBrokers() (a view.BrokerList, err error) { return a, errPending }

func (c *call) broker() (a view.Broker, err error) { return a, errPending }

func (c *call) brokerPartitions(view.BrokerPartitionQuery) (a view.BrokerPartitions, err error) {
	return a, errPending
}

func (c *call) brokerConfigs() (a view.ConfigList, err error) { return a, errPending }

func (c *call) changeBrokerConfigs(view.ConfigChange) (a view.Done, err error) { return a, errPending }

func (c *call) quorum() (a view.Quorum, err error) { return a, errPending }

func (c *call) reassignments() (a view.Reassignments, err error) { return a, errPending }

func (c *call) planReassignment(view.PlanQuery) (a view.Plan, err error) { return a, errPending }

func (c *call) reassign(view.Reassign) (a view.Reassigned, err error) { return a, errPending }

func (c *call) partitioner(view.PartitionerQuery) (a view.Partitioner, err error) {
	return a, errPending
}

func (c *call) learnFacts(view.LearnQuery) (a view.LearnFacts, err error) { return a, errPending }

func (c *call) labStatus() (a view.Lab, err error) { return a, errPending }

func (c *call) labControl(view.LabAction) (a view.Done, err error) { return a, errPending }

func (c *call) openStream(struct{}, *eventWriter) error { return errPending }

func (c *call) subscribe(view.Subscribe) (a view.Subscribed, err error) { return a, errPending }

var errPending = &failure{status: 501, code: codeNotAvailable, message: "This is not there yet."}

package cli

import "github.com/twmb/franz-go/pkg/kmsg"

func (t *topicsTool) alterTopics() error {
	partitions, _, err := t.sizes()
	if err != nil {
		return err
	}
	assignment, err := t.replicaAssignment()
	if err != nil {
		return err
	}
	names, err := t.matchingTopics()
	if err != nil {
		return err
	}
	if err := t.mustExist(len(names)); err != nil || len(names) == 0 {
		return err
	}
	return t.createPartitions(names, partitions, assignment)
}

func (t *topicsTool) createPartitions(names []string, count int32, assignment [][]int32) error {
	current, err := t.metadata("describeTopics", names)
	if err != nil {
		return err
	}
	req := kmsg.NewPtrCreatePartitionsRequest()
	req.TimeoutMillis = int32(t.timeout.Milliseconds())
	for _, topic := range current.Topics {
		rt := kmsg.NewCreatePartitionsRequestTopic()
		rt.Topic, rt.Count = *topic.Topic, count
		// The list names all partitions; those that exist are not sent.
		for i := len(topic.Partitions); i < len(assignment); i++ {
			ra := kmsg.NewCreatePartitionsRequestTopicAssignment()
			ra.Replicas = assignment[i]
			rt.Assignment = append(rt.Assignment, ra)
		}
		req.Topics = append(req.Topics, rt)
	}
	resp, err := call[*kmsg.CreatePartitionsResponse](t.admin, "createPartitions", req)
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range resp.Topics {
		failed = append(failed, brokerError(r.ErrorCode, r.ErrorMessage))
	}
	return firstError(failed...)
}

func (t *topicsTool) deleteTopics() error {
	names, err := t.matchingTopics()
	if err != nil {
		return err
	}
	if err := t.mustExist(len(names)); err != nil || len(names) == 0 {
		return err
	}
	req := kmsg.NewPtrDeleteTopicsRequest()
	req.TimeoutMillis = int32(t.timeout.Milliseconds())
	req.TopicNames = names
	for _, name := range names {
		rt := kmsg.NewDeleteTopicsRequestTopic()
		rt.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, rt)
	}
	resp, err := call[*kmsg.DeleteTopicsResponse](t.admin, "deleteTopics", req)
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range resp.Topics {
		failed = append(failed, brokerError(r.ErrorCode, r.ErrorMessage))
	}
	return firstError(failed...)
}

package controller

import (
	"github.com/brolga-io/brolga/internal/wire"
)

// CreatePartitions adds partitions to topics, in one batch (KIP-195). What is
// refused and why is in the response, by topic.
func (c *Controller) CreatePartitions(_ Caller, req *wire.CreatePartitionsRequest) (*wire.CreatePartitionsResponse, error) {
	return decide(c, func(d *decision) (*wire.CreatePartitionsResponse, error) {
		resp := &wire.CreatePartitionsResponse{}
		f := d.tooManyAdditional(req)
		if f == nil {
			d.createPartitions(req, resp)
			f = d.tooLarge()
		}
		if f != nil {
			resp.Results = nil
			for i := range req.Topics {
				resp.Results = append(resp.Results, partitionsResult(req.Topics[i].Name, f))
			}
		}
		if f != nil || req.ValidateOnly {
			d.records = nil
		}
		return resp, nil
	})
}

// tooManyAdditional adds up what the request asks for, before anything is made of
// it.
func (d *decision) tooManyAdditional(req *wire.CreatePartitionsRequest) *fault {
	total := 0
	for i := range req.Topics {
		asked := &req.Topics[i]
		if t := d.image.TopicByName(asked.Name); t != nil {
			total += max(0, int(asked.Count)-t.PartitionCount())
		}
	}
	if total > maxNewPartitions {
		return refuse(wire.PolicyViolation, "Excessively large number of additional partitions per request.")
	}
	return nil
}

func partitionsResult(name string, f *fault) wire.CreatePartitionsResponseCreatePartitionsTopicResult {
	code, text := f.parts()
	return wire.CreatePartitionsResponseCreatePartitionsTopicResult{Name: name, ErrorCode: code, ErrorMessage: text}
}

func (d *decision) createPartitions(req *wire.CreatePartitionsRequest, resp *wire.CreatePartitionsResponse) {
	count := make(map[string]int, len(req.Topics))
	for i := range req.Topics {
		count[req.Topics[i].Name]++
	}
	for i := range req.Topics {
		asked := &req.Topics[i]
		switch n := count[asked.Name]; {
		case n < 0: // answered already
			continue
		case n > 1:
			count[asked.Name] = -1
			resp.Results = append(resp.Results, partitionsResult(asked.Name, refuse(wire.InvalidRequest, "Duplicate topic name.")))
			continue
		}
		before := len(d.records)
		f := d.addPartitions(asked)
		if f != nil {
			d.records = d.records[:before]
		}
		resp.Results = append(resp.Results, partitionsResult(asked.Name, f))
	}
}

func (d *decision) addPartitions(asked *wire.CreatePartitionsRequestCreatePartitionsTopic) *fault {
	t := d.image.TopicByName(asked.Name)
	if t == nil {
		return refuseBare(wire.UnknownTopicOrPartition)
	}
	has, want := t.PartitionCount(), int(asked.Count)
	switch {
	case want == has:
		return refuse(wire.InvalidPartitions, "Topic already has %d partition(s).", has)
	case want < has:
		return refuse(wire.InvalidPartitions, "The topic %s currently has %d partition(s); %d would not be an increase.", t.Name, has, want)
	case asked.Assignments != nil && len(asked.Assignments) != want-has:
		return refuse(wire.InvalidReplicaAssignment, "Attempted to add %d additional partition(s), but only %d assignment(s) were specified.",
			want-has, len(asked.Assignments))
	}
	if has == 0 {
		return refuseBare(wire.UnknownServerError) // a foreign log: no request makes such a topic
	}
	replicas := reassignedSize(t.Partition(0))
	added, f := d.assignAdditional(asked, has, want-has, replicas)
	if f != nil {
		return f
	}
	for i, a := range added {
		d.addPartition(t.ID, has+i, a)
	}
	return nil
}

func (d *decision) assignAdditional(asked *wire.CreatePartitionsRequestCreatePartitionsTopic, first, n, replicas int) ([]assignment, *fault) {
	if asked.Assignments == nil {
		return d.place(n, replicas)
	}
	added := make([]assignment, n)
	for i := range added {
		a, f := d.manual(first+i, asked.Assignments[i].BrokerIds, replicas)
		if f != nil {
			return nil, f
		}
		added[i] = a
	}
	return added, nil
}

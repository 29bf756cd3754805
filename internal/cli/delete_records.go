package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// deleteRecordsOptions are the options of kafka-delete-records.
type deleteRecordsOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, file, commandConfig *option
}

func newDeleteRecordsOptions() *deleteRecordsOptions {
	p := newOptionParser()
	return &deleteRecordsOptions{
		parser:    p,
		bootstrap: p.accepts("bootstrap-server", "REQUIRED: The server to connect to.").withRequired("server(s) to use for bootstrapping"),
		file: p.accepts("offset-json-file", "REQUIRED: The JSON file with offset per partition. The format to use is:\n"+
			"{\"partitions\":\n  [{\"topic\": \"foo\", \"partition\": 1, \"offset\": 1}],\n \"version\":1\n}").withRequired("Offset json file path"),
		commandConfig: p.accepts("command-config", "A property file containing configs to be passed to Admin Client.").withRequired("command config property file path"),
	}
}

// runDeleteRecords is kafka-delete-records: it moves the start of partitions
// forward to given offsets.
func runDeleteRecords(env *Env, args []string) int {
	o := newDeleteRecordsOptions()
	var err error
	if o.set, err = o.parser.parse(args); err == nil {
		err = o.parser.helpOrVersion(env, args, o.set, "This tool helps to delete records of the given partitions down to the specified offset.")
	}
	if err == nil {
		err = requireOptions(o.set, o.bootstrap, o.file)
	}
	if err == nil {
		err = o.run(env)
	}
	if err != nil {
		return o.parser.end(env, err)
	}
	return 0
}

func (o *deleteRecordsOptions) run(env *Env) error {
	a, err := openAdmin(env, o.set, o.bootstrap, o.commandConfig)
	if err != nil {
		return err
	}
	defer a.Close()
	path, err := o.set.value(o.file)
	if err != nil {
		return err
	}
	file, err := readRecordsFile(path)
	if err != nil {
		return err
	}
	env.outln("Executing records delete operation")
	answers := a.deleteRecords(file)
	env.outln("Records delete operation completed:")
	for _, tp := range file.partitions {
		if answer := answers[tp]; answer.err != nil {
			env.outf("partition: %s\terror: %s\n", tp, exceptionLine(answer.err))
		} else {
			env.outf("partition: %s\tlow_watermark: %d\n", tp, answer.lowWatermark)
		}
	}
	return nil
}

// deletedRecords is the answer for one partition.
type deletedRecords struct {
	lowWatermark int64
	err          error
}

// deleteRecords asks the leader of each partition.
func (a *admin) deleteRecords(file *recordsFile) map[topicPartition]deletedRecords {
	ctx, cancel := context.WithTimeout(context.Background(), a.timeout)
	defer cancel()
	answers := map[topicPartition]deletedRecords{}
	for _, shard := range a.RequestSharded(ctx, file.request(a.timeout)) {
		if shard.Err != nil {
			err := a.explain(ctx, "deleteRecords", shard.Err)
			for _, rt := range shard.Req.(*kmsg.DeleteRecordsRequest).Topics {
				for _, rp := range rt.Partitions {
					answers[topicPartition{rt.Topic, rp.Partition}] = deletedRecords{err: err}
				}
			}
			continue
		}
		for _, rt := range shard.Resp.(*kmsg.DeleteRecordsResponse).Topics {
			for _, rp := range rt.Partitions {
				tp := topicPartition{rt.Topic, rp.Partition}
				answers[tp] = deletedRecords{rp.LowWatermark, brokerError(rp.ErrorCode, nil)}
				a.logDeleteError(tp, wire.ErrorCode(rp.ErrorCode))
			}
		}
	}
	return answers
}

func (a *admin) logDeleteError(tp topicPartition, code wire.ErrorCode) {
	if code != wire.None {
		a.env.log("ERROR", fmt.Sprintf("%s DeleteRecords request for topic partition %s failed due to an unexpected error %s", a.name, tp, code.Name()),
			"org.apache.kafka.clients.admin.internals.DeleteRecordsHandler")
	}
}

func (f *recordsFile) request(timeout time.Duration) *kmsg.DeleteRecordsRequest {
	req := kmsg.NewPtrDeleteRecordsRequest()
	req.TimeoutMillis = int32(timeout.Milliseconds())
	for topic, ids := range byTopic(f.partitions) {
		rt := kmsg.NewDeleteRecordsRequestTopic()
		rt.Topic = topic
		for _, id := range ids {
			rp := kmsg.NewDeleteRecordsRequestTopicPartition()
			rp.Partition, rp.Offset = id, f.before[topicPartition{topic, id}]
			rt.Partitions = append(rt.Partitions, rp)
		}
		req.Topics = append(req.Topics, rt)
	}
	return req
}

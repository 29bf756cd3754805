package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// topicWaiter asks for a topic until the cluster knows it, which creates it
// where the cluster does so, and says in Java's words what it waits for.
type topicWaiter struct {
	*kafkaClient
	create      bool
	correlation int
}

// wait returns once the topic is there or, by the error of Java's producer,
// when it cannot be used or the context is over.
func (w *topicWaiter) wait(ctx context.Context, topic string) error {
	for backoff := 100 * time.Millisecond; ; backoff = min(2*backoff, time.Second) {
		err := w.ask(ctx, topic)
		if err == nil || hasCode(err, wire.InvalidTopicException) || hasCode(err, wire.TopicAuthorizationFailed) {
			return err
		}
		if sleep(ctx, backoff) != nil {
			return ctx.Err()
		}
	}
}

func (w *topicWaiter) ask(ctx context.Context, topic string) error {
	w.correlation++
	req := kmsg.NewPtrMetadataRequest()
	req.AllowAutoTopicCreation = w.create
	rt := kmsg.NewMetadataRequestTopic()
	rt.Topic = kmsg.StringPtr(topic)
	req.Topics = append(req.Topics, rt)
	resp, err := w.Request(ctx, req)
	if err != nil {
		return err
	}
	code := wire.None
	for _, t := range resp.(*kmsg.MetadataResponse).Topics {
		code = wire.ErrorCode(t.ErrorCode)
	}
	if code == wire.None {
		return nil
	}
	w.env.log("WARN", fmt.Sprintf("%s The metadata response from the cluster reported a recoverable issue with correlation id %d : {%s=%s}",
		w.name, w.correlation, topic, code.Name()), "org.apache.kafka.clients.NetworkClient")
	err = brokerError(int16(code), nil)
	switch e := err.(*exception); code {
	case wire.InvalidTopicException:
		w.env.log("ERROR", fmt.Sprintf("%s Metadata response reported invalid topics [%s]", w.name, topic), "org.apache.kafka.clients.Metadata")
		e.text = "Invalid topics: [" + topic + "]"
	case wire.TopicAuthorizationFailed:
		w.env.log("ERROR", fmt.Sprintf("%s Topic authorization failed for topics [%s]", w.name, topic), "org.apache.kafka.clients.Metadata")
		e.text = "Not authorized to access topics: [" + strings.TrimSpace(topic) + "]"
	}
	return err
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// runConsoleProducer is kafka-console-producer.
func runConsoleProducer(env *Env, args []string) int {
	o := newProducerOptions()
	var err error
	if o.set, err = o.parser.parse(args); err != nil {
		return o.parser.stop(env, err)
	}
	if err := o.check(env, args); err != nil {
		return o.parser.stop(env, err)
	}
	p, err := openConsoleProducer(env, o)
	var wrong *optionError
	if errors.As(err, &wrong) {
		env.errln(err.Error())
		return 1
	}
	if err != nil {
		env.errln(exceptionLine(err))
		return 1
	}
	return p.run()
}

// consoleProducer sends the lines of stdin.
type consoleProducer struct {
	env      *Env
	client   *kafkaClient
	reader   *lineReader
	topic    string
	sync     bool
	maxBlock time.Duration
	waiter   *topicWaiter
	known    bool // the topic was there once
}

func openConsoleProducer(env *Env, o *producerOptions) (*consoleProducer, error) {
	topic, err := o.set.value(o.topic)
	if err != nil {
		return nil, err
	}
	reader, err := openLineReader(o, topic)
	if err != nil {
		return nil, err
	}
	props, err := o.props()
	if err != nil {
		return nil, err
	}
	conf, err := newProducerConfig(props)
	if err != nil {
		return nil, err
	}
	client, err := newClient(env, "Producer", props, conf.opts...)
	if err != nil {
		return nil, &exception{class: "org.apache.kafka.common.KafkaException", text: "Failed to construct kafka producer\n" + err.Error(), cause: err}
	}
	return &consoleProducer{env: env, client: client, reader: reader, topic: topic, sync: o.set.has(o.sync),
		maxBlock: conf.maxBlock, waiter: &topicWaiter{kafkaClient: client, create: true}}, nil
}

func openLineReader(o *producerOptions, topic string) (*lineReader, error) {
	class, err := o.set.value(o.lineReader)
	if err != nil {
		return nil, err
	}
	switch class {
	case "org.apache.kafka.tools.LineMessageReader", "kafka.tools.ConsoleProducer$LineMessageReader":
	default:
		return nil, &exception{class: "java.lang.ClassNotFoundException", text: class}
	}
	props, err := o.readerProps()
	if err != nil {
		return nil, err
	}
	return newLineReader(topic, props)
}

// run reads until the end of input, an error or a signal; what was read is sent
// in each case.
func (p *consoleProducer) run() int {
	defer p.client.Close()
	defer func() { _ = p.client.Flush(context.Background()) }()
	signals, stop := p.env.Interrupts()
	defer stop()
	lines := make(chan inputLine)
	quit := make(chan struct{})
	defer close(quit)
	// Not awaited: a read of a terminal cannot be interrupted.
	go p.runInput(lines, quit)
	for {
		select {
		case s := <-signals:
			return signalExit(s)
		case line := <-lines:
			if line.err == io.EOF {
				return 0
			}
			err := line.err
			if err == nil {
				err = p.send(line.text)
			}
			if err != nil {
				p.env.errln(exceptionLine(err))
				return 1
			}
		}
	}
}

// signalExit is the code with which a JVM ends after a signal.
func signalExit(s os.Signal) int {
	if n, ok := s.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return 1
}

type inputLine struct {
	text string
	err  error
}

// runInput hands on lines, with a prompt before each on a console.
func (p *consoleProducer) runInput(lines chan<- inputLine, quit <-chan struct{}) {
	in := newLineInput(p.env.Stdin)
	for {
		if p.env.Console {
			p.env.outf(">")
			_ = p.env.flush()
		}
		text, err := in.next()
		select {
		case lines <- inputLine{text, err}:
		case <-quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// send returns an error only where the tool must end.
func (p *consoleProducer) send(line string) error {
	record, err := p.reader.record(line)
	if err != nil {
		return err
	}
	if err := p.awaitTopic(); err != nil {
		return p.failed(record, err)
	}
	if p.sync {
		if err := p.client.ProduceSync(context.Background(), record).FirstErr(); err != nil {
			return p.failed(record, err)
		}
		return nil
	}
	p.client.Produce(context.Background(), record, func(r *kgo.Record, err error) {
		if err != nil {
			_ = p.failed(r, err)
		}
	})
	return nil
}

// awaitTopic is the wait for metadata in which Java's send blocks.
func (p *consoleProducer) awaitTopic() error {
	if p.known {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.maxBlock)
	defer cancel()
	err := p.waiter.wait(ctx, p.topic)
	if err != nil && ctx.Err() != nil {
		return timedOut(fmt.Sprintf("Topic %s not present in metadata after %d ms.", p.topic, p.maxBlock.Milliseconds()))
	}
	p.known = err == nil
	return err
}

// failed reports a record that was not written: with --sync it ends the tool,
// otherwise it is logged and the tool goes on.
func (p *consoleProducer) failed(r *kgo.Record, err error) error {
	err = produceError(r, err)
	if p.sync {
		return executionFailed(err)
	}
	p.env.logException("ERROR", fmt.Sprintf("Error when sending message to topic %s with key: %s, value: %s with error:",
		r.Topic, sizeText(r.Key), sizeText(r.Value)), "org.apache.kafka.clients.producer.internals.ErrorLoggingCallback", err)
	return nil
}

func sizeText(b []byte) string {
	if b == nil {
		return "null"
	}
	return fmt.Sprintf("%d bytes", len(b))
}

// produceError words the client library's errors as Java's producer does.
func produceError(r *kgo.Record, err error) error {
	var known *exception
	var k *kerr.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &k):
		return brokerError(k.Code, nil)
	case errors.Is(err, kgo.ErrRecordTimeout):
		return timedOut(fmt.Sprintf("Expiring 1 record(s) for %s-%d: the delivery timeout has passed", r.Topic, r.Partition))
	}
	return &exception{class: "org.apache.kafka.common.KafkaException", text: err.Error(), cause: err}
}

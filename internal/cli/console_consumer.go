package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const consoleConsumerLogger = "org.apache.kafka.tools.consumer.ConsoleConsumer"

// runConsoleConsumer is kafka-console-consumer.
func runConsoleConsumer(env *Env, args []string) int {
	o := newConsumerOptions()
	var err error
	if o.set, err = o.parser.parse(args); err != nil {
		return o.parser.stop(env, err)
	}
	if err := o.check(env, args); err != nil {
		return o.parser.stop(env, err)
	}
	plan, err := newConsumerPlan(env, o)
	var wrong *optionError
	switch {
	case errors.As(err, &wrong):
		return o.parser.stop(env, usage("%s", err.Error()))
	case err != nil:
		return o.parser.stop(env, err)
	}
	c, err := openConsoleConsumer(env, plan)
	if err != nil {
		env.logException("ERROR", "Unknown error when running consumer: ", consoleConsumerLogger, err)
		return 1
	}
	return c.run(o)
}

// consumerPlan is what the command line asks for.
type consumerPlan struct {
	props       clientProps
	formatter   recordFormatter
	topic       string // or
	include     string
	partition   *int32
	startOffset int64
	timeout     time.Duration // 0: wait for ever
	skipOnError bool
	systest     bool
}

func newConsumerPlan(env *Env, o *consumerOptions) (*consumerPlan, error) {
	p := &consumerPlan{skipOnError: o.set.has(o.skipOnError), systest: o.set.has(o.systestEvents)}
	var err error
	if p.props, err = o.props(env); err != nil {
		return nil, err
	}
	if p.startOffset, err = o.startOffset(); err != nil {
		return nil, err
	}
	if o.set.has(o.timeoutMs) {
		ms, err := o.set.number(o.timeoutMs)
		if err != nil {
			return nil, err
		}
		if ms >= 0 {
			p.timeout = max(time.Duration(ms), 1) * time.Millisecond
		}
	}
	if err := p.readFormatter(env, o); err != nil {
		return nil, err
	}
	if p.topic, err = o.set.value(o.topic); err != nil {
		return nil, err
	}
	if p.include, err = o.set.value(o.include); err != nil {
		return nil, err
	}
	if o.set.has(o.partition) {
		id, err := o.set.number(o.partition)
		if err != nil {
			return nil, err
		}
		partition := int32(id)
		p.partition = &partition
	}
	return p, nil
}

// readFormatter shows the usage for whatever is wrong with the formatter.
func (p *consumerPlan) readFormatter(env *Env, o *consumerOptions) error {
	class, err := o.set.value(o.formatter)
	if err != nil {
		return err
	}
	if _, err := newFormatter(env, class, clientProps{}); err != nil {
		return usage("%s", err.Error())
	}
	props, err := o.formatterProps(env)
	if err != nil {
		return usage("%s", err.Error())
	}
	p.formatter, err = newFormatter(env, class, props)
	return err
}

// run prints records until it is told to stop, and then says how many.
func (c *consoleConsumer) run(o *consumerOptions) int {
	count, err := c.consume(o)
	_ = c.env.flush()
	c.close()
	c.env.errln(fmt.Sprintf("Processed a total of %d messages", count))
	code := 0
	var stopped *signalError
	switch {
	case errors.As(err, &stopped):
		code = signalExit(stopped.signal)
	case err != nil:
		c.env.logException("ERROR", "Unknown error when running consumer: ", consoleConsumerLogger, err)
		return 1
	}
	if c.plan.systest {
		c.env.outln("shutdown_complete")
	}
	return code
}

// signalError ends consuming because the process was told to stop.
type signalError struct{ signal os.Signal }

func (e *signalError) Error() string { return e.signal.String() }

// outputGone flushes and tells whether nobody reads the output any more.
func (c *consoleConsumer) outputGone() bool {
	if err := c.env.flush(); err != nil {
		c.env.errln("Unable to write to standard out, closing consumer.")
		return true
	}
	return false
}

// print writes a record; an error ends the tool unless it may be skipped.
func (c *consoleConsumer) print(r *kgo.Record) error {
	err := c.plan.formatter.write(c.env.Stdout, r)
	if err != nil && c.plan.skipOnError {
		c.env.logException("ERROR", "Error processing message, skipping this message: ", consoleConsumerLogger, err)
		return nil
	}
	return err
}

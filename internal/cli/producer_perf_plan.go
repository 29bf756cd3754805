package cli

import (
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// producerPerfPlan is what a command line of kafka-producer-perf-test asks for.
type producerPerfPlan struct {
	topic           string
	numRecords      int64
	warmupRecords   int64
	perSecond       float64 // records; negative is as many as there can be
	payload         payloadSource
	props           clientProps
	printMetrics    bool
	interval        time.Duration
	transaction     time.Duration // how long one lasts, 0 for none
	transactionalID string
}

func (p *producerPerfArgs) plan(env *Env, given *argResult) (*producerPerfPlan, error) {
	number := given.number
	perSecond, _ := strconv.ParseFloat(given.value(p.throughput), 64)
	plan := &producerPerfPlan{
		topic: given.value(p.topic), numRecords: number(p.numRecords), warmupRecords: max(number(p.warmupRecords), 0), perSecond: perSecond,
		printMetrics: given.has(p.printMetrics), interval: time.Duration(number(p.reportingIntervalMs)) * time.Millisecond,
	}
	if err := p.check(given, plan, number); err != nil {
		return nil, err
	}
	var err error
	if plan.payload, err = p.payload(env, given, int(number(p.recordSize))); err != nil {
		return nil, err
	}
	if plan.props, err = p.props(env, given); err != nil {
		return nil, err
	}
	p.planTransactions(given, plan, number(p.transactionDurationMs))
	return plan, nil
}

// check finds the mistakes that the original finds, in its order.
func (p *producerPerfArgs) check(given *argResult, plan *producerPerfPlan, number func(*argument) int64) error {
	switch {
	case plan.numRecords <= 0:
		return p.wrong("--num-records should be greater than zero.")
	case plan.warmupRecords >= plan.numRecords:
		return p.wrong("The value for --warmup-records must be strictly fewer than the number of records in the test, --num-records.")
	case given.has(p.recordSize) && number(p.recordSize) <= 0:
		return p.wrong("--record-size should be greater than zero.")
	case !given.has(p.bootstrap) && !given.has(p.properties) && !given.has(p.oldProps) && !given.has(p.oldConfig) && !given.has(p.commandConfig):
		return p.wrong("At least one of --bootstrap-server, --command-property, --producer-props, --producer.config or --command-config must be specified.")
	case given.has(p.properties) && given.has(p.oldProps):
		return p.wrong("--command-property and --producer-props cannot be specified together.")
	case given.has(p.commandConfig) && given.has(p.oldConfig):
		return p.wrong("--command-config and --producer.config cannot be specified together.")
	case given.has(p.transactionDurationMs) && number(p.transactionDurationMs) <= 0:
		return p.wrong("--transaction-duration-ms should be greater than zero.")
	case plan.interval <= 0:
		return p.wrong("--reporting-interval should be greater than zero.")
	}
	return nil
}

func (p *producerPerfArgs) props(env *Env, given *argResult) (clientProps, error) {
	properties, path := given.values[p.properties], given.value(p.commandConfig)
	if given.has(p.oldProps) {
		env.outln("Option --producer-props has been deprecated and will be removed in a future version. Use --command-property instead.")
		properties = given.values[p.oldProps]
	}
	if given.has(p.oldConfig) {
		env.outln("Option --producer.config has been deprecated and will be removed in a future version. Use --command-config instead.")
		path = given.value(p.oldConfig)
	}
	props := clientProps{}
	if path != "" {
		var err error
		if props, err = loadProps(path); err != nil {
			return nil, err
		}
	}
	for _, property := range properties {
		key, value, ok := strings.Cut(property, "=")
		if !ok || value == "" || strings.Contains(value, "=") {
			return nil, illegalArgument("Invalid property: " + property)
		}
		props[key] = value
	}
	props.orDefault("client.id", "perf-producer-client")
	if given.has(p.bootstrap) {
		props["bootstrap.servers"] = given.value(p.bootstrap)
	}
	return props, nil
}

const defaultTransactionMs = 3000

// planTransactions decides whether there are any: each of three options does.
func (p *producerPerfArgs) planTransactions(given *argResult, plan *producerPerfPlan, durationMs int64) {
	inProps, hasID := plan.props["transactional.id"]
	if !hasID && !given.has(p.transactionDurationMs) && !given.has(p.transactionalID) {
		return
	}
	switch {
	case given.has(p.transactionalID):
		plan.transactionalID = given.value(p.transactionalID)
	case hasID:
		plan.transactionalID = inProps
	default:
		var id wire.UUID
		_, _ = rand.Read(id[:]) // it never fails: the program ends where there is no randomness
		plan.transactionalID = "performance-producer-" + id.String()
	}
	if durationMs == 0 {
		durationMs = defaultTransactionMs
	}
	plan.transaction = time.Duration(durationMs) * time.Millisecond
}

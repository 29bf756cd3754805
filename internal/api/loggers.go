package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/wire"
)

// Loggers are the loggers of this process and their levels (KIP-412). Both are
// named as in log4j: root, and DEBUG, ERROR, FATAL, INFO, TRACE, WARN.
type Loggers interface {
	// Levels returns every logger with the level in force.
	Levels() map[string]string
	// Set gives a logger a level of its own, at once.
	Set(logger, level string)
	// Unset takes it away; the level of the nearest ancestor counts again.
	Unset(logger string)
}

// rootLogger always has a level.
const rootLogger = "root"

// logLevels are the valid ones, in order.
var logLevels = []string{"DEBUG", "ERROR", "FATAL", "INFO", "TRACE", "WARN"}

// loggerLevels returns the levels of this process' loggers.
func (a *API) loggerLevels() map[string]string {
	if a.Loggers == nil {
		return nil
	}
	return a.Loggers.Levels()
}

// loggers describes the levels of this broker's loggers.
func (d configDescription) loggers(broker string) ([]configRow, error) {
	if broker == "" {
		return nil, refuse(wire.InvalidRequest, "Broker id must not be empty")
	}
	id, err := strconv.ParseInt(broker, 10, 32)
	if err != nil {
		return nil, refuse(wire.InvalidRequest, "Broker id must be an integer, but it is: "+broker)
	}
	if int32(id) != d.a.BrokerID {
		return nil, refuse(wire.InvalidRequest, fmt.Sprintf("Unexpected broker id, expected %d but received %s", d.a.BrokerID, broker))
	}
	rows := []configRow{}
	for name, level := range d.a.loggerLevels() {
		if len(d.keys) > 0 && !slices.Contains(d.keys, name) {
			continue
		}
		rows = append(rows, configRow{
			Name: name, Value: &level, ConfigSource: int8(config.SourceBrokerLogger),
			Synonyms: []wire.DescribeConfigsResponseDescribeConfigsSynonym{},
		})
	}
	slices.SortFunc(rows, func(a, b configRow) int { return strings.Compare(a.Name, b.Name) })
	return rows, nil
}

type (
	alteredResource = wire.IncrementalAlterConfigsRequestAlterConfigsResource
	alteredRow      = wire.IncrementalAlterConfigsResponseAlterConfigsResourceResponse
)

func hasLoggers(req *wire.IncrementalAlterConfigsRequest) bool {
	return slices.ContainsFunc(req.Resources, func(r alteredResource) bool { return r.ResourceType == resourceBrokerLogger })
}

// alterWithLoggers alters the levels of loggers here, where they are, and has the
// controller alter the rest. The answers keep the order of the request.
func (a *API) alterWithLoggers(c *Call, req *wire.IncrementalAlterConfigsRequest) *wire.IncrementalAlterConfigsResponse {
	rest := wire.IncrementalAlterConfigsRequest{ValidateOnly: req.ValidateOnly}
	brokers := make(map[string]int) // how often each is named
	for i := range req.Resources {
		if r := &req.Resources[i]; r.ResourceType == resourceBrokerLogger {
			brokers[r.ResourceName]++
		} else {
			rest.Resources = append(rest.Resources, *r)
		}
	}
	var others []alteredRow
	if len(rest.Resources) > 0 {
		others = a.incrementalAlterConfigs(c, &rest).Responses
	}
	resp := &wire.IncrementalAlterConfigsResponse{}
	resp.SetDefaults()
	for i := range req.Resources {
		r := &req.Resources[i]
		if r.ResourceType != resourceBrokerLogger {
			if len(others) == 0 {
				return nil // the controller's answer is not one to this request
			}
			resp.Responses, others = append(resp.Responses, others[0]), others[1:]
			continue
		}
		err := refuse(wire.InvalidRequest, "Each resource must appear at most once.")
		if brokers[r.ResourceName] == 1 {
			err = a.alterLoggers(r, req.ValidateOnly)
		}
		row := alteredRow{ErrorMessage: noMessage(), ResourceType: r.ResourceType, ResourceName: r.ResourceName}
		if err != nil {
			message := err.Error()
			row.ErrorCode, row.ErrorMessage = errorCode(err), &message
		}
		resp.Responses = append(resp.Responses, row)
	}
	return resp
}

// alterLoggers changes the levels of one broker's loggers, all or none
// (Kafka's RuntimeLoggerManager).
func (a *API) alterLoggers(r *alteredResource, validateOnly bool) error {
	if err := a.checkLoggers(r); err != nil {
		return err
	}
	if validateOnly {
		return nil
	}
	for i := range r.Configs {
		op := &r.Configs[i]
		if op.ConfigOperation == opSet {
			a.Loggers.Set(op.Name, *op.Value)
			a.log.Warn("Updated the log level of " + op.Name + " to " + *op.Value)
			continue
		}
		a.Loggers.Unset(op.Name)
		a.log.Warn("Unset the log level of " + op.Name)
	}
	return nil
}

// Operations of IncrementalAlterConfigs.
const (
	opSet      = 0
	opUnset    = 1
	opAppend   = 2
	opSubtract = 3
)

func (a *API) checkLoggers(r *alteredResource) error {
	seen := make(map[string]bool, len(r.Configs))
	var null []string
	for i := range r.Configs {
		op := &r.Configs[i]
		if seen[op.Name] {
			return refuse(wire.InvalidRequest, "Error due to duplicate config keys")
		}
		seen[op.Name] = true
		if op.Value == nil && op.ConfigOperation != opUnset {
			null = append(null, op.Name)
		}
	}
	if len(null) > 0 {
		return refuse(wire.InvalidRequest, "Null value not supported for : "+strings.Join(null, ", "))
	}
	id, err := strconv.ParseInt(r.ResourceName, 10, 32)
	switch {
	case err != nil:
		return refuse(wire.InvalidRequest, "Node id must be an integer, but it is: "+r.ResourceName)
	case int32(id) != a.BrokerID:
		return refuse(wire.InvalidRequest, fmt.Sprintf("Unexpected node id. Expected %d, but received %d", a.BrokerID, id))
	}
	levels := a.loggerLevels()
	for i := range r.Configs {
		if err := checkLogger(levels, &r.Configs[i]); err != nil {
			return err
		}
	}
	return nil
}

func checkLogger(levels map[string]string, op *wire.IncrementalAlterConfigsRequestAlterableConfig) error {
	switch op.ConfigOperation {
	case opAppend:
		return refuse(wire.InvalidRequest, "APPEND operation is not allowed for the BROKER_LOGGER resource")
	case opSubtract:
		return refuse(wire.InvalidRequest, "SUBTRACT operation is not allowed for the BROKER_LOGGER resource")
	case opSet, opUnset:
	default:
		return refuse(wire.InvalidRequest, fmt.Sprintf("Unknown operation type %d is not allowed for the BROKER_LOGGER resource", op.ConfigOperation))
	}
	_, exists := levels[op.Name]
	switch {
	case !exists:
		return refuse(wire.InvalidConfig, "Logger "+op.Name+" does not exist!")
	case op.ConfigOperation == opSet && !slices.Contains(logLevels, *op.Value):
		return refuse(wire.InvalidConfig, "Cannot set the log level of "+op.Name+" to "+*op.Value+
			" as it is not a supported log level. Valid log levels are "+strings.Join(logLevels, ", "))
	case op.ConfigOperation == opUnset && op.Name == rootLogger:
		return refuse(wire.InvalidRequest, "Removing the log level of the root logger is not allowed")
	}
	return nil
}

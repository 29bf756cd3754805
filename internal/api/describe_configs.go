package api

import (
	"slices"
	"strconv"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Kinds of config resource on the wire (Kafka's ConfigResource.Type).
const (
	resourceTopic         = 2
	resourceBroker        = 4
	resourceBrokerLogger  = 8
	resourceClientMetrics = 16
	resourceGroup         = 32
)

// DescribeConfigs (key 32), versions 1–4.
//
//	v1: source and synonyms of each value
//	v3: type and documentation
//
// Values of PASSWORD keys are never told. The empty broker name means the
// default of all brokers and shows dynamic values only. The levels of loggers are
// those of this process (loggers.go).
func (a *API) describeConfigs(c *Call, req *wire.DescribeConfigsRequest) *wire.DescribeConfigsResponse {
	resp := &wire.DescribeConfigsResponse{}
	resp.SetDefaults()
	for i := range req.Resources {
		q := &req.Resources[i]
		d := configDescription{a: a, c: c, req: req, keys: q.ConfigurationKeys}
		row := wire.DescribeConfigsResponseDescribeConfigsResult{
			ErrorMessage: noMessage(), ResourceType: q.ResourceType, ResourceName: q.ResourceName,
		}
		configs, err := d.describe(q)
		if err != nil {
			message := err.Error()
			row.ErrorCode, row.ErrorMessage = errorCode(err), &message
			configs = []wire.DescribeConfigsResponseDescribeConfigsResourceResult{}
		}
		row.Configs = configs
		resp.Results = append(resp.Results, row)
	}
	return resp
}

// configDescription describes one resource of a request.
type configDescription struct {
	a    *API
	c    *Call
	req  *wire.DescribeConfigsRequest
	keys []string // none: all
}

type configRow = wire.DescribeConfigsResponseDescribeConfigsResourceResult

func (d configDescription) describe(q *wire.DescribeConfigsRequestDescribeConfigsResource) ([]configRow, error) {
	switch q.ResourceType {
	case resourceTopic:
		return d.topic(q.ResourceName)
	case resourceBroker:
		return d.broker(q.ResourceName)
	case resourceClientMetrics:
		return d.clientMetrics(q.ResourceName)
	case resourceGroup:
		return d.group(q.ResourceName)
	case resourceBrokerLogger:
		return d.loggers(q.ResourceName)
	}
	return nil, refuse(wire.InvalidRequest, "Unsupported resource type: "+strconv.Itoa(int(q.ResourceType)))
}

func (d configDescription) topic(name string) ([]configRow, error) {
	if fault := metadata.TopicNameFault(name); fault != "" {
		return nil, refuse(wire.InvalidTopicException, fault)
	}
	if d.c.Image.TopicByName(name) == nil {
		return nil, wire.UnknownTopicOrPartition
	}
	overrides := d.c.Image.Config(resourceTopic, name)
	broker := d.a.Config()
	rows := []configRow{}
	for _, def := range config.TopicDefs() {
		if !d.wanted(def) {
			continue
		}
		value, set := config.TopicValue(def, overrides, broker.Lookup)
		row := d.row(def, value, set)
		chain := broker.TopicSynonyms(def.Name, overrides)
		row.ConfigSource = chainSource(chain)
		d.synonyms(&row, chain)
		rows = append(rows, row)
	}
	return rows, nil
}

func (d configDescription) group(name string) ([]configRow, error) {
	if name == "" {
		return nil, refuse(wire.InvalidRequest, "Group name must not be empty")
	}
	configs := d.c.Image.Config(resourceGroup, name)
	broker := d.a.Config()
	rows := []configRow{}
	for _, def := range config.GroupDefs() {
		if !d.wanted(def) {
			continue
		}
		value, source, set := broker.GroupValue(def.Name, configs)
		row := d.row(def, value, set)
		row.ConfigSource = int8(source)
		d.synonyms(&row, broker.GroupSynonyms(def.Name, configs))
		rows = append(rows, row)
	}
	return rows, nil
}

// groupChain is where the value of a group key comes from: the group, the broker's
// keys, or for a key without any of those its own default.
func groupChain(broker config.Effective, def config.Def, value string, source config.Source, configs map[string]string) []config.Synonym {
	if chain := broker.GroupSynonyms(def.Name, configs); len(chain) > 0 {
		return chain
	}
	return []config.Synonym{{Name: def.Name, Value: value, Source: source}}
}

func (d configDescription) clientMetrics(name string) ([]configRow, error) {
	if name == "" {
		return nil, refuse(wire.InvalidRequest, "Client metrics subscription name must not be empty")
	}
	configs := d.c.Image.Config(resourceClientMetrics, name)
	rows := []configRow{}
	for _, def := range config.ClientMetricsDefs() {
		if !d.wanted(def) {
			continue
		}
		value, source := def.Default, config.SourceDefault
		if v, ok := configs[def.Name]; ok {
			value, source = v, config.SourceClientMetrics
		}
		row := d.row(def, value, true)
		row.ConfigSource = int8(source)
		// Kafka lists the default as a value, but not as a synonym.
		if source == config.SourceClientMetrics {
			d.synonyms(&row, []config.Synonym{{Name: def.Name, Value: value, Source: source}})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// row fills what every kind of resource has in common.
func (d configDescription) row(def config.Def, value string, set bool) configRow {
	row := configRow{Name: def.Name, IsSensitive: def.Sensitive(), ConfigType: int8(def.Type)}
	if set && !def.Sensitive() {
		row.Value = &value
	}
	if d.req.IncludeDocumentation {
		doc := def.Doc
		row.Documentation = &doc
	}
	return row
}

func (d configDescription) synonyms(row *configRow, chain []config.Synonym) {
	row.Synonyms = []wire.DescribeConfigsResponseDescribeConfigsSynonym{}
	if !d.req.IncludeSynonyms {
		return
	}
	for _, s := range chain {
		syn := wire.DescribeConfigsResponseDescribeConfigsSynonym{Name: s.Name, Source: int8(s.Source)}
		if !row.IsSensitive {
			value := s.Value
			syn.Value = &value
		}
		row.Synonyms = append(row.Synonyms, syn)
	}
}

func (d configDescription) wanted(def config.Def) bool {
	if len(d.keys) > 0 {
		return slices.Contains(d.keys, def.Name)
	}
	return !def.Internal
}

// chainSource is where the value in force comes from: the head of its chain.
func chainSource(chain []config.Synonym) int8 {
	if len(chain) == 0 {
		return int8(config.SourceDefault)
	}
	return int8(chain[0].Source)
}

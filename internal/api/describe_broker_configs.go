package api

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/wire"
)

// broker describes this broker's configuration, or with an empty name the
// dynamic default of all brokers. Another broker's is only known to itself.
func (d configDescription) broker(name string) ([]configRow, error) {
	if name == "" {
		return d.brokerDefaults(), nil
	}
	id, err := strconv.ParseInt(name, 10, 32)
	if err != nil {
		return nil, refuse(wire.InvalidRequest, fmt.Sprintf("Broker id must be an integer, but it is: %s", name))
	}
	if int32(id) != d.a.BrokerID {
		return nil, refuse(wire.InvalidRequest, fmt.Sprintf("Unexpected broker id, expected %d or empty string, but received %s", d.a.BrokerID, name))
	}
	broker := d.a.Config()
	rows := []configRow{}
	for _, def := range config.BrokerDefs() {
		if !d.wanted(def) {
			continue
		}
		value, source, set := broker.Get(def.Name)
		if def.DynamicOnly && source == config.SourceDefault {
			continue
		}
		row := d.row(def, value, set)
		row.ReadOnly = def.Update == config.ReadOnly
		row.ConfigSource = int8(source)
		d.synonyms(&row, broker.BrokerSynonyms(def.Name))
		rows = append(rows, row)
	}
	rows = append(rows, d.custom(d.c.Image.Config(resourceBroker, name), config.SourceDynamicBroker)...)
	return append(rows, d.unknown(broker.Static.Unknown())...), nil
}

// unknown lists the keys of the file that no table knows, without their values.
func (d configDescription) unknown(names []string) []configRow {
	rows := []configRow{}
	for _, name := range names {
		if d.keys != nil && !slices.Contains(d.keys, name) {
			continue
		}
		row := configRow{Name: name, ReadOnly: true, IsSensitive: true, ConfigSource: int8(config.SourceStaticBroker)}
		d.synonyms(&row, []config.Synonym{{Name: name, Source: config.SourceStaticBroker}})
		rows = append(rows, row)
	}
	return rows
}

// brokerDefaults are the dynamic values that hold for all brokers.
func (d configDescription) brokerDefaults() []configRow {
	configs := d.c.Image.Config(resourceBroker, "")
	rows := []configRow{}
	for _, def := range config.BrokerDefs() {
		value, ok := configs[def.Name]
		if !ok || (len(d.keys) > 0 && !slices.Contains(d.keys, def.Name)) {
			continue
		}
		row := d.row(def, value, true)
		row.ConfigSource = int8(config.SourceDynamicDefaultBroker)
		d.synonyms(&row, []config.Synonym{{Name: def.Name, Value: value, Source: config.SourceDynamicDefaultBroker}})
		rows = append(rows, row)
	}
	return append(rows, d.custom(configs, config.SourceDynamicDefaultBroker)...)
}

// custom lists stored keys that no table knows. Their values may be secrets of
// somebody's plug-in, so they are never told, as in Kafka.
func (d configDescription) custom(configs map[string]string, source config.Source) []configRow {
	var names []string
	for name := range configs {
		_, _, base := config.SplitListenerPrefix(name)
		if _, known := config.Broker(base); known && base == name {
			continue
		}
		if len(d.keys) == 0 || slices.Contains(d.keys, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	rows := make([]configRow, 0, len(names))
	for _, name := range names {
		_, _, base := config.SplitListenerPrefix(name)
		row := configRow{Name: name, IsSensitive: true, ConfigSource: int8(source)}
		if def, known := config.Broker(base); known {
			row = d.row(def, configs[name], true)
			row.Name, row.ConfigSource = name, int8(source)
		}
		row.Synonyms = []wire.DescribeConfigsResponseDescribeConfigsSynonym{}
		rows = append(rows, row)
	}
	return rows
}

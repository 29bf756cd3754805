package console

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/console/view"
)

// docOf is what is known of a config of Kafka without asking a broker.
func docOf(kind kmsg.ConfigResourceType, name string) view.ConfigDoc {
	var d config.Def
	var ok bool
	switch kind {
	case kmsg.ConfigResourceTypeTopic:
		d, ok = config.Topic(name)
	case kmsg.ConfigResourceTypeBroker:
		d, ok = config.Broker(name)
	case kmsg.ConfigResourceTypeGroupConfig:
		d, ok = config.Group(name)
	}
	if !ok {
		return view.ConfigDoc{Name: name, Unit: unit(name)}
	}
	return docOfDef(d)
}

func docOfDef(d config.Def) view.ConfigDoc {
	doc := view.ConfigDoc{Name: d.Name, Type: strings.ToLower(d.Type.String()), Doc: d.Doc, Unit: unit(d.Name),
		Rule: ruleText(d.Rule), Sensitive: d.Sensitive()}
	if d.HasDefault() && !d.Null && !doc.Sensitive {
		value := d.Default
		doc.Default = &value
	}
	switch {
	case d.Rule.Kind == config.OneOf || d.Rule.Kind == config.OneOfFold:
		doc.Values = d.Rule.Values
	case d.Type == config.Boolean:
		doc.Values = []string{"true", "false"}
	}
	return doc
}

// unit is what the last word of a config's name says it counts in.
func unit(name string) string {
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch last {
	case "ms", "bytes", "seconds", "minutes", "hours", "messages", "percentage":
		return last
	}
	return ""
}

// ruleText says in words which values are allowed.
func ruleText(r config.Rule) string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	unbounded := r.Max >= math.MaxInt32
	switch r.Kind {
	case config.OneOf, config.OneOfFold:
		return "one of " + strings.Join(r.Values, ", ")
	case config.ListOf, config.NonEmptyListOf:
		return "a list of " + strings.Join(r.Values, ", ")
	case config.NonEmpty, config.NonEmptyList:
		return "not empty"
	case config.GzipLevel:
		return "1 to 9, or -1"
	case config.ThrottledReplicas:
		return "partition:broker pairs, or *"
	case config.AtLeast:
		return "at least " + number(r.Min)
	case config.Between:
		if unbounded {
			return "at least " + number(r.Min)
		}
		return fmt.Sprintf("from %s to %s", number(r.Min), number(r.Max))
	}
	return ""
}

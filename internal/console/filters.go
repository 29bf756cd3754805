package console

import (
	"errors"

	"github.com/brolga-io/brolga/internal/console/filter"
	"github.com/brolga-io/brolga/internal/console/view"
)

// checkFilter compiles a filter and, where a message is named, tries it.
func (c *call) checkFilter(in view.FilterCheck) (view.FilterVerdict, error) {
	program, err := filter.Compile(in.Filter)
	var wrong *filter.Error
	if errors.As(err, &wrong) {
		return view.FilterVerdict{Problem: wrong.Text, Position: wrong.Pos, Length: wrong.Len}, nil
	}
	if err != nil {
		return view.FilterVerdict{}, err
	}
	v := view.FilterVerdict{OK: true, Meaning: program.String()}
	record, err := c.trialRecord(in)
	if err != nil || record == nil {
		return v, err
	}
	v.Tried = true
	if v.Matches, err = program.Match(record); err != nil {
		v.Problem = err.Error()
	}
	return v, nil
}

// trialRecord is the message to try a filter on, nil where none is named.
func (c *call) trialRecord(in view.FilterCheck) (*filter.Record, error) {
	var record filter.Record
	if s := in.Sample; s != nil {
		if s.Key != nil {
			record.Key = []byte(*s.Key)
		}
		if s.Value != nil {
			record.Value = []byte(*s.Value)
		}
		for _, name := range sortedKeys(s.Headers) {
			record.Headers = append(record.Headers, filter.Header{Name: name, Value: []byte(s.Headers[name])})
		}
		return &record, nil
	}
	if in.Offset == nil || in.Topic == "" {
		return nil, nil
	}
	one := *c
	one.vars = func(name string) string { return map[string]string{"cluster": in.Cluster, "topic": in.Topic}[name] }
	k, _, t, err := one.topicMeta()
	if err != nil {
		return nil, err
	}
	r, err := one.record(k, t, in.Partition, int64(*in.Offset))
	if err != nil {
		return nil, err
	}
	filterRecord(r, &record)
	return &record, nil
}

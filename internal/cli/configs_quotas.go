package cli

import (
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// quotaEntity is how the protocol calls an entity type.
func quotaEntity(entityType string) string {
	switch entityType {
	case entityUsers:
		return "user"
	case entityClients:
		return "client-id"
	}
	return "ip"
}

// quotas returns the quotas of the entities given, and of no other.
func (t *configsTool) quotas() ([]kmsg.DescribeClientQuotasResponseEntry, error) {
	if err := t.forBrokersOnly(); err != nil {
		return nil, executionFailed(err)
	}
	req := kmsg.NewPtrDescribeClientQuotasRequest()
	req.Strict = true
	for i, entityType := range t.types {
		c := kmsg.NewDescribeClientQuotasRequestComponent()
		c.EntityType, c.MatchType = quotaEntity(entityType), kmsg.QuotasMatchTypeAny
		if i < len(t.names) {
			c.MatchType = kmsg.QuotasMatchTypeDefault
			if t.names[i] != "" {
				c.MatchType, c.Match = kmsg.QuotasMatchTypeExact, &t.names[i]
			}
		}
		req.Components = append(req.Components, c)
	}
	resp, err := call[*kmsg.DescribeClientQuotasResponse](t.admin, "describeClientQuotas", req)
	if err == nil {
		err = brokerError(resp.ErrorCode, resp.ErrorMessage)
	}
	if err != nil {
		return nil, executionFailed(err)
	}
	return resp.Entries, nil
}

func (t *configsTool) describeQuotas() error {
	entries, err := t.quotas()
	if err != nil {
		return err
	}
	var lines []string
	for _, e := range entries {
		names := map[string]string{}
		for _, part := range e.Entity {
			names[part.Type] = quotaName(part.Type, part.Name)
		}
		var subject []string
		for _, kind := range []string{"user", "client-id", "ip"} {
			if name := names[kind]; name != "" {
				subject = append(subject, name)
			}
		}
		slices.SortFunc(e.Values, func(a, b kmsg.DescribeClientQuotasResponseEntryValue) int { return quotaRank(a.Key) - quotaRank(b.Key) })
		values := make([]string, len(e.Values))
		for i, v := range e.Values {
			values[i] = v.Key + "=" + javaFloat(v.Value, 64)
		}
		lines = append(lines, "Quota configs for "+strings.Join(subject, ", ")+" are "+strings.Join(values, ", "))
	}
	slices.Sort(lines)
	for _, line := range lines {
		t.env.outln(line)
	}
	return nil
}

func quotaName(kind string, name *string) string {
	if kind == "user" {
		kind = "user-principal"
	}
	if name == nil {
		return "the default " + kind
	}
	return kind + " '" + *name + "'"
}

// quotaRank orders the quotas of one entity as the original prints them.
func quotaRank(key string) int {
	order := []string{"consumer_byte_rate", "request_percentage", "producer_byte_rate", "controller_mutation_rate"}
	if i := slices.Index(order, key); i >= 0 {
		return i
	}
	return len(order)
}

func (t *configsTool) alterQuotas(changes *configChanges) error {
	old, err := t.quotas()
	if err != nil {
		return err
	}
	var missing []string
	for _, key := range changes.remove {
		isKey := func(v kmsg.DescribeClientQuotasResponseEntryValue) bool { return v.Key == key }
		if len(old) == 0 || !slices.ContainsFunc(old[0].Values, isKey) {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		return invalidConfiguration("Invalid config(s): " + strings.Join(missing, ","))
	}
	req, err := t.quotaRequest(changes)
	if err != nil {
		return err
	}
	resp, err := call[*kmsg.AlterClientQuotasResponse](t.admin, "alterClientQuotas", req)
	if err != nil {
		return executionFailed(err)
	}
	for _, e := range resp.Entries {
		if err := brokerError(e.ErrorCode, e.ErrorMessage); err != nil {
			return executionFailed(err)
		}
	}
	return nil
}

func (t *configsTool) quotaRequest(changes *configChanges) (*kmsg.AlterClientQuotasRequest, error) {
	entry := kmsg.NewAlterClientQuotasRequestEntry()
	for i, entityType := range t.types {
		part := kmsg.NewAlterClientQuotasRequestEntryEntity()
		part.Type = quotaEntity(entityType)
		if t.names[i] != "" {
			part.Name = &t.names[i]
		}
		entry.Entity = append(entry.Entity, part)
	}
	for _, key := range changes.keys() {
		op := kmsg.NewAlterClientQuotasRequestEntryOp()
		op.Key = key
		var err error
		if op.Value, err = parseQuota(key, changes.set[key]); err != nil {
			return nil, err
		}
		entry.Ops = append(entry.Ops, op)
	}
	for _, key := range changes.remove {
		op := kmsg.NewAlterClientQuotasRequestEntryOp()
		op.Key, op.Remove = key, true
		entry.Ops = append(entry.Ops, op)
	}
	req := kmsg.NewPtrAlterClientQuotasRequest()
	req.Entries = append(req.Entries, entry)
	return req, nil
}

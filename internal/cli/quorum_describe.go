package cli

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/brolga-io/brolga/internal/wire"
)

func (t *quorumTool) describeStatus() error {
	id, err := t.clusterID()
	if err != nil {
		return err
	}
	q, err := t.admin.describeQuorum()
	if err != nil {
		return executionFailed(err)
	}
	slowest := q.leader
	for i := range q.CurrentVoters {
		if v := &q.CurrentVoters[i]; v.LogEndOffset < slowest.LogEndOffset {
			slowest = v
		}
	}
	lagMs := int64(0)
	switch {
	case slowest == q.leader:
	case q.leader.LastCaughtUpTimestamp < 0 || slowest.LastCaughtUpTimestamp < 0:
		lagMs = -1
	default:
		lagMs = q.leader.LastCaughtUpTimestamp - slowest.LastCaughtUpTimestamp
	}
	for _, line := range []struct {
		name  string
		value any
	}{
		{"ClusterId:", id}, {"LeaderId:", q.LeaderID}, {"LeaderEpoch:", q.LeaderEpoch}, {"HighWatermark:", q.HighWatermark},
		{"MaxFollowerLag:", q.leader.LogEndOffset - slowest.LogEndOffset}, {"MaxFollowerLagTimeMs:", lagMs},
		{"CurrentVoters:", q.replicasText(q.CurrentVoters)}, {"CurrentObservers:", q.replicasText(q.Observers)},
	} {
		t.env.outf("%-24s%v\n", line.name, line.value)
	}
	return nil
}

// replicasText lists replicas as JSON, each with what is known of it.
func (q *quorumState) replicasText(replicas []quorumReplica) string {
	items := make([]string, len(replicas))
	for i, r := range replicas {
		items[i] = fmt.Sprintf(`{"id": %d`, r.ReplicaID)
		if id := wire.UUID(r.ReplicaDirectoryID); !id.IsZero() {
			items[i] += fmt.Sprintf(`, "directoryId": "%s"`, id)
		}
		if endpoints := q.endpoints(r.ReplicaID); len(endpoints) > 0 {
			items[i] += `, "endpoints": ["` + strings.Join(endpoints, `", "`) + `"]`
		}
		items[i] += "}"
	}
	return "[" + strings.Join(items, ", ") + "]"
}

func (q *quorumState) endpoints(id int32) []string {
	var list []string
	for _, n := range q.nodes {
		if n.NodeID != id {
			continue
		}
		for _, l := range n.Listeners {
			list = append(list, endpointText(l.Name, l.Host, l.Port))
		}
	}
	return list
}

func (t *quorumTool) describeReplication() error {
	q, err := t.admin.describeQuorum()
	if err != nil {
		return executionFailed(err)
	}
	rows := [][]string{{"NodeId", "DirectoryId", "LogEndOffset", "Lag", "LastFetchTimestamp", "LastCaughtUpTimestamp", "Status"}}
	add := func(r quorumReplica, status string) error {
		fetched, err := t.timestamp(r.LastFetchTimestamp, "last fetch")
		if err != nil {
			return err
		}
		caughtUp, err := t.timestamp(r.LastCaughtUpTimestamp, "last caught up")
		rows = append(rows, []string{fmt.Sprint(r.ReplicaID), wire.UUID(r.ReplicaDirectoryID).String(), fmt.Sprint(r.LogEndOffset),
			fmt.Sprint(q.leader.LogEndOffset - r.LogEndOffset), fetched, caughtUp, status})
		return err
	}
	if err := add(*q.leader, "Leader"); err != nil {
		return err
	}
	for _, v := range q.CurrentVoters {
		if v.ReplicaID != q.LeaderID {
			if err := add(v, "Follower"); err != nil {
				return err
			}
		}
	}
	for _, o := range q.Observers {
		if err := add(o, "Observer"); err != nil {
			return err
		}
	}
	printTabbed(t.env, rows)
	return nil
}

// timestamp is a number of milliseconds, or how long ago that was.
func (t *quorumTool) timestamp(ms int64, what string) (string, error) {
	if ms < 0 {
		return "-1", nil
	}
	if !t.given.has(t.args.human) {
		return fmt.Sprint(ms), nil
	}
	now := t.env.Now()
	ago := now.Sub(time.UnixMilli(ms))
	if ms == 0 || ago < 0 {
		return "", &exception{class: "org.apache.kafka.common.KafkaException", text: fmt.Sprintf(
			"Error while computing relative time, possible drift in system clock.\nCurrent timestamp is %d, %s timestamp is %d", now.UnixMilli(), what, ms)}
	}
	return fmt.Sprintf("%d ms ago", ago.Milliseconds()), nil
}

// printTabbed pads each column to its widest value and ends it with a tab.
func printTabbed(env *Env, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, v := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(v))
		}
	}
	for _, row := range rows {
		for i, v := range row {
			env.outf("%s\t", pad(v, widths[i]))
		}
		env.outln("")
	}
}

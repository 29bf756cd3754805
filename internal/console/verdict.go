package console

import (
	"fmt"
	"strings"

	"github.com/brolga-io/brolga/internal/console/view"
)

// verdict says how a cluster is, the worst first.
func (c *call) verdict(k *cluster, m *metaPart, g *groupsPart, e *endsPart) view.Verdict {
	var findings []view.Finding
	add := func(f view.Finding) { findings = append(findings, f) }
	if status, problem := k.status(); status == view.StatusOffline {
		add(view.Finding{Status: view.LevelBad, Code: "unreachable", Sentence: problem,
			Fix: "What is shown is what was known last. Check that the brokers run and can be reached from here."})
	}
	findOffline(k, m, add)
	c.findReplicas(k, m, add)
	if m.controller < 0 {
		add(view.Finding{Status: view.LevelBad, Code: "no_controller", Sentence: "There is no active controller: nothing can be created, changed or elected.",
			Fix: "Check that most of the controllers run.", Command: k.quorumCommand()})
	}
	findGroups(k, g, e, add)
	return summary(m, findings)
}

func findOffline(k *cluster, m *metaPart, add func(view.Finding)) {
	for _, b := range m.brokers {
		if !b.online {
			id := b.id
			add(view.Finding{Status: view.LevelBad, Code: "broker_down", Broker: &id, Sentence: fmt.Sprintf("Broker %d is down.", b.id),
				Fix: "Start it again; it catches up by itself."})
		}
	}
	n, where := 0, []string{}
	first := ""
	for _, name := range m.names {
		if t := m.topics[name]; t.offline > 0 {
			n += t.offline
			where = append(where, name)
			first = where[0]
		}
	}
	if n > 0 {
		add(view.Finding{Status: view.LevelBad, Code: "offline_partitions", Topic: first,
			Sentence: fmt.Sprintf("%s without a leader, in %s: nothing can be read or written there.", count(n, "partition"), few(where)),
			Fix:      "Start the brokers that have their replicas.", Command: k.line("kafka-topics", "--describe", "--unavailable-partitions").String()})
	}
}

// maxISRTopics is how many topics with missing replicas are asked for their
// min.insync.replicas.
const maxISRTopics = 200

// findReplicas finds partitions that lack replicas, and those among them that
// take no more writes.
func (c *call) findReplicas(k *cluster, m *metaPart, add func(view.Finding)) {
	under, underMin := 0, 0
	var where, blocked []string
	for _, name := range m.names {
		if t := m.topics[name]; t.under > 0 {
			under += t.under
			where = append(where, name)
		}
	}
	some := where[:min(len(where), maxISRTopics)]
	known := k.policies.get(c, k.now(), some)
	for _, name := range some {
		t := m.topics[name]
		least, before := known[name].minISR, underMin
		for _, p := range t.partitions {
			if p.leader >= 0 && len(p.isr) < least {
				underMin++
			}
		}
		if underMin > before {
			blocked = append(blocked, name)
		}
	}
	if underMin > 0 {
		add(view.Finding{Status: view.LevelBad, Code: "under_min_isr", Topic: blocked[0],
			Sentence: fmt.Sprintf("%s with fewer in-sync replicas than min.insync.replicas, in %s: writes with acks=all fail there.", count(underMin, "partition"), few(blocked)),
			Fix:      "Bring the missing brokers back.", Command: k.line("kafka-topics", "--describe", "--under-min-isr-partitions").String()})
	}
	if under > 0 {
		add(view.Finding{Status: view.LevelWarning, Code: "under_replicated", Topic: where[0],
			Sentence: fmt.Sprintf("%s with replicas that are not in sync, in %s.", count(under, "partition"), few(where)),
			Fix:      "They catch up when their brokers run; if they do not, look at those brokers' logs and disks.",
			Command:  k.line("kafka-topics", "--describe", "--under-replicated-partitions").String()})
	}
}

func findGroups(k *cluster, g *groupsPart, e *endsPart, add func(view.Finding)) {
	if g == nil {
		return
	}
	const least = 10
	var growing []string
	for _, name := range g.names {
		if g.groups[name].lag(e, "") >= least && k.history.trendOf(name) == view.TrendGrowing {
			growing = append(growing, name)
		}
	}
	if len(growing) > 0 {
		add(view.Finding{Status: view.LevelWarning, Code: "lag_growing", Group: growing[0],
			Sentence: fmt.Sprintf("%s falling behind: %s.", count(len(growing), "group"), few(growing)), Fix: "Its page says why."})
	}
}

// few names the first of many.
func few(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// summary puts findings into one sentence.
func summary(m *metaPart, findings []view.Finding) view.Verdict {
	v := view.Verdict{Status: view.LevelGood, Findings: findings}
	if len(findings) == 0 {
		v.Sentence = fmt.Sprintf("Healthy: %s, %s, every replica in sync.", count(m.online(), "broker"), count(m.partitions, "partition"))
		if m.partitions == 0 {
			v.Sentence = fmt.Sprintf("Healthy: %s, no topics yet.", count(m.online(), "broker"))
		}
		return v
	}
	order := []view.Level{view.LevelGood, view.LevelInfo, view.LevelWarning, view.LevelBad}
	rank := map[view.Level]int{}
	for i, l := range order {
		rank[l] = i
	}
	for _, f := range findings {
		if rank[f.Status] > rank[v.Status] {
			v.Status = f.Status
		}
	}
	v.Sentence = findings[0].Sentence
	for _, f := range findings {
		if rank[f.Status] == rank[v.Status] {
			v.Sentence = f.Sentence
			break
		}
	}
	if len(findings) > 1 {
		v.Sentence += fmt.Sprintf(" And %d more.", len(findings)-1)
	}
	return v
}

package container

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// wish is a topic of BROLGA_TOPICS.
type wish struct {
	name                 string
	partitions, replicas int
	policy               string // cleanup.policy, "" for the default
}

// wishes reads BROLGA_TOPICS, `name[:partitions[:replicas[:policy]]],…`, or
// KAFKA_CREATE_TOPICS, in which other images have the same.
func wishes(e Environ) ([]wish, error) {
	variable := "BROLGA_TOPICS"
	if !e.has(variable) {
		variable = "KAFKA_CREATE_TOPICS"
	}
	var all []wish
	for entry := range strings.SplitSeq(e[variable], ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		w, ok := parseWish(entry)
		if !ok {
			return nil, fmt.Errorf("%s has an entry %s; each is name:partitions:replicas:policy, of which only the name is needed, and the policy is delete, compact or both with a plus between them",
				variable, entry)
		}
		all = append(all, w)
	}
	return all, nil
}

func parseWish(entry string) (wish, bool) {
	fields := strings.Split(entry, ":")
	w := wish{name: fields[0], partitions: 1, replicas: 1}
	ok := w.name != "" && len(fields) <= 4
	number := func(i, most int, into *int) {
		if len(fields) > i && ok {
			n, err := strconv.Atoi(fields[i])
			ok = err == nil && n >= 1 && n <= most
			*into = n
		}
	}
	number(1, 100_000, &w.partitions)
	number(2, 32_767, &w.replicas)
	if ok && len(fields) == 4 {
		policies := strings.Split(fields[3], "+")
		ok = !slices.ContainsFunc(policies, func(p string) bool { return p != "delete" && p != "compact" })
		w.policy = strings.Join(policies, ",")
	}
	return w, ok
}

// arguments are those of kafka-topics that make the topic.
func (w wish) arguments(bootstrap string) []string {
	args := []string{"kafka-topics", "--bootstrap-server", bootstrap, "--create", "--if-not-exists", "--topic", w.name,
		"--partitions", strconv.Itoa(w.partitions), "--replication-factor", strconv.Itoa(w.replicas)}
	if w.policy != "" {
		args = append(args, "--config", "cleanup.policy="+w.policy)
	}
	return args
}

// bootstrapOf is where a tool in the container reaches its broker: by the listener
// among brokers, for that can be reached from wherever a broker is.
func bootstrapOf(p map[string]string) string {
	list := p["advertised.listeners"]
	if list == "" {
		list = p["listeners"]
	}
	address := ""
	for l := range strings.SplitSeq(list, ",") {
		name, hostPort, _ := strings.Cut(strings.TrimSpace(l), "://")
		if strings.EqualFold(name, p["controller.listener.names"]) {
			continue
		}
		if address == "" || strings.EqualFold(name, p["inter.broker.listener.name"]) {
			address = hostPort
		}
	}
	if strings.HasPrefix(address, ":") || strings.HasPrefix(address, "0.0.0.0:") {
		address = "localhost" + address[strings.LastIndexByte(address, ':'):]
	}
	return address
}

package cli

import (
	"os"
	"slices"
	"strings"
	"time"
)

const leaderElectionAbout = "This tool attempts to elect a new leader for a set of topic partitions. " +
	"The type of elections supported are preferred replicas and unclean replicas."

// leaderElectionOptions are the options of kafka-leader-election.
type leaderElectionOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, commandConfig, adminConfig, file *option
	topic, partition, all, electionType         *option
}

func newLeaderElectionOptions() *leaderElectionOptions {
	p := newOptionParser()
	o := &leaderElectionOptions{parser: p}
	o.bootstrap = p.accepts("bootstrap-server", "A hostname and port for the broker to connect to, in the form host:port. "+
		"Multiple comma separated URLs can be given. REQUIRED.").withRequired("host:port")
	o.adminConfig = p.accepts("admin.config", "(DEPRECATED) Configuration properties files to pass to the admin client. "+
		"This option will be removed in a future version. Use --command-config instead.").withRequired("config file")
	o.commandConfig = p.accepts("command-config", "Config properties file to pass to the admin client.").withRequired("Config file")
	o.file = p.accepts("path-to-json-file", "The JSON file with the list  of partition for which leader elections should be performed. "+
		"This is an example format. \n{\"partitions\":\n\t[{\"topic\": \"foo\", \"partition\": 1},\n\t {\"topic\": \"foobar\", \"partition\": 2}]\n}\n"+
		"Not allowed if --all-topic-partitions or --topic flags are specified.").withRequired("Path to JSON file")
	o.topic = p.accepts("topic", "Name of topic for which to perform an election. Not allowed if --path-to-json-file or "+
		"--all-topic-partitions is specified.").withRequired("topic name")
	o.partition = p.accepts("partition", "Partition id for which to perform an election. REQUIRED if --topic is specified.").
		withRequired("partition id").ofType("Integer")
	o.all = p.accepts("all-topic-partitions", "Perform election on all of the eligible topic partitions based on the type of election "+
		"(see the --election-type flag). Not allowed if --topic or --path-to-json-file is specified.")
	o.electionType = p.accepts("election-type", "Type of election to attempt. Possible values are \"preferred\" for preferred leader election "+
		"or \"unclean\" for unclean leader election. If preferred election is selection, the election is only performed if the current leader "+
		"is not the preferred leader for the topic partition. If unclean election is selected, the election is only performed if there are no "+
		"leader for the topic partition. REQUIRED.").withRequired("election type").ofType("[PREFERRED,UNCLEAN]")
	return o
}

func adminCommandFailed(text string) error {
	return &exception{class: "org.apache.kafka.tools.AdminCommandFailedException", text: text}
}

func adminOperationFailed(text string) error {
	return &exception{class: "org.apache.kafka.tools.AdminOperationException", text: text}
}

// check finds what is missing or does not go together.
func (o *leaderElectionOptions) check() error {
	var missing []string
	for _, opt := range []*option{o.bootstrap, o.electionType} {
		if !o.set.has(opt) {
			missing = append(missing, opt.name)
		}
	}
	switch {
	case len(missing) > 0:
		return adminCommandFailed("Missing required option(s): " + strings.Join(missing, ", "))
	case countGiven(o.set, o.topic, o.all, o.file) != 1:
		return adminCommandFailed("One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file")
	case o.set.has(o.topic) && !o.set.has(o.partition):
		return adminCommandFailed("Missing required option(s): partition")
	case !o.set.has(o.topic) && o.set.has(o.partition):
		return adminCommandFailed("Option partition is only allowed if topic is used")
	}
	return refuseOptions(o.set, o.adminConfig, o.commandConfig)
}

// The codes of election types in an ElectLeaders request.
const (
	electPreferred int8 = 0
	electUnclean   int8 = 1
)

func (o *leaderElectionOptions) kind() (int8, error) {
	text, err := o.set.value(o.electionType)
	switch {
	case err != nil:
		return 0, err
	case strings.EqualFold(text, "preferred"):
		return electPreferred, nil
	case strings.EqualFold(text, "unclean"):
		return electUnclean, nil
	}
	return 0, &optionError{"joptsimple.OptionArgumentConversionException", "Cannot parse argument '" + text + "' of option election-type"}
}

// partitions are those named; nil is all of the cluster.
func (o *leaderElectionOptions) partitions() ([]topicPartition, error) {
	if o.set.has(o.file) {
		path, err := o.set.value(o.file)
		if err != nil {
			return nil, err
		}
		return readElectionFile(path)
	}
	if !o.set.has(o.topic) {
		return nil, nil
	}
	topic, err := o.set.value(o.topic)
	if err != nil {
		return nil, err
	}
	id, err := o.set.number(o.partition)
	return []topicPartition{{topic, int32(id)}}, err
}

const electionTimeout = 30 * time.Second

func readElectionFile(path string) ([]topicPartition, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		missing := &exception{class: "java.io.IOException", text: "Unable to read file " + path, cause: err}
		return nil, &exception{class: "java.lang.RuntimeException", text: exceptionLine(missing), cause: missing}
	}
	js, ok := parseJSON(string(raw))
	if !ok {
		return nil, adminOperationFailed("Replica election data is empty")
	}
	fields, err := js.object()
	if err != nil {
		return nil, err
	}
	list, ok := fields["partitions"]
	if !ok {
		return nil, adminOperationFailed("Replica election data is missing \"partitions\" field")
	}
	items, err := jsonValue{list}.array()
	if err != nil {
		return nil, err
	}
	partitions := []topicPartition{}
	var twice []string
	for _, item := range items {
		tp, err := item.topicPartition()
		if err != nil {
			return nil, err
		}
		if slices.Contains(partitions, tp) {
			twice = append(twice, tp.String())
			continue
		}
		partitions = append(partitions, tp)
	}
	if len(twice) > 0 {
		slices.Sort(twice)
		return nil, adminOperationFailed("Replica election data contains duplicate partitions: [" + strings.Join(slices.Compact(twice), ", ") + "]")
	}
	return partitions, nil
}

// topicPartition reads {"topic":"t","partition":0}.
func (v jsonValue) topicPartition() (topicPartition, error) {
	fields, err := v.object()
	if err != nil {
		return topicPartition{}, err
	}
	topic, err := fields.field("topic")
	if err != nil {
		return topicPartition{}, err
	}
	partition, err := fields.field("partition")
	if err != nil {
		return topicPartition{}, err
	}
	name, err := topic.text()
	if err != nil {
		return topicPartition{}, err
	}
	id, err := partition.int32()
	return topicPartition{name, id}, err
}

package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// logDirsOptions are the options of kafka-log-dirs.
type logDirsOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, commandConfig, describe *option
	topics, brokers                    *option
}

func newLogDirsOptions() *logDirsOptions {
	p := newOptionParser()
	o := &logDirsOptions{parser: p}
	o.bootstrap = p.accepts("bootstrap-server", "REQUIRED: the server(s) to use for bootstrapping").withRequired("The server(s) to use for bootstrapping")
	o.commandConfig = p.accepts("command-config", "Property file containing configs to be passed to Admin Client.").withRequired("Admin client property file")
	o.describe = p.accepts("describe", "Describe the specified log directories on the specified brokers.")
	o.topics = p.accepts("topic-list", "The list of topics to be queried in the form \"topic1,topic2,topic3\". "+
		"All topics will be queried if no topic list is specified (default: )").withRequired("Topic list")
	o.brokers = p.accepts("broker-list", "The list of brokers to be queried in the form \"0,1,2\". "+
		"All brokers in the cluster will be queried if no broker list is specified (default: )").withRequired("Broker list")
	return o
}

// runLogDirs is kafka-log-dirs: what lies in the log directories of brokers.
func runLogDirs(env *Env, args []string) int {
	o := newLogDirsOptions()
	var err error
	if o.set, err = o.parser.parse(args); err == nil {
		err = o.parser.helpOrVersion(env, args, o.set, "This tool helps to query log directory usage on the specified brokers.")
	}
	if err == nil {
		err = requireOptions(o.set, o.bootstrap, o.describe)
	}
	if err == nil {
		err = o.run(env)
	}
	if err != nil {
		return o.parser.end(env, err)
	}
	return 0
}

func (o *logDirsOptions) run(env *Env) error {
	props, err := fileProps(o.set, o.commandConfig)
	if err != nil {
		return err
	}
	props.orDefault("client.id", "log-dirs-tool")
	servers, err := o.set.value(o.bootstrap)
	if err != nil {
		return err
	}
	a, err := newAdmin(env, props, servers)
	if err != nil {
		return err
	}
	defer a.Close()
	topics, err := o.set.list(o.topics)
	if err != nil {
		return err
	}
	brokers, err := o.existingBrokers(a)
	if err != nil {
		return err
	}
	env.outln("Querying brokers for log directories information")
	dirs, err := a.describeLogDirs(brokers)
	if err != nil {
		return executionFailed(err)
	}
	env.outln("Received log directory information from brokers " + joinIDs(brokers, ","))
	env.outln(logDirsJSON(brokers, dirs, topics))
	return nil
}

// existingBrokers returns the ids of --broker-list, else of all brokers.
func (o *logDirsOptions) existingBrokers(a *admin) ([]int32, error) {
	cluster, err := a.describeCluster(clusterQuestion{})
	if err != nil {
		return nil, executionFailed(err)
	}
	known := cluster.ids()
	asked, err := o.set.list(o.brokers)
	if err != nil || len(asked) == 0 {
		return known, err
	}
	var existing, missing []int32
	for _, word := range asked {
		id, err := strconv.ParseInt(word, 10, 32)
		if err != nil {
			return nil, numberFormat(word)
		}
		if slices.Contains(known, int32(id)) {
			existing = append(existing, int32(id))
		} else {
			missing = append(missing, int32(id))
		}
	}
	existing, missing = sortedIDs(existing), sortedIDs(missing)
	if len(missing) > 0 {
		return nil, terse("ERROR: The given brokers do not exist from --broker-list: " + joinIDs(missing, ",") +
			". Current existent brokers: " + joinIDs(known, ","))
	}
	return existing, nil
}

func sortedIDs(ids []int32) []int32 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// list splits the value of an option at commas.
func (s *optionSet) list(o *option) ([]string, error) {
	text, err := s.value(o)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(strings.Split(text, ","), func(w string) bool { return w == "" }), nil
}

// describeLogDirs asks each of the brokers for its log directories.
func (a *admin) describeLogDirs(brokers []int32) (map[int32][]kmsg.DescribeLogDirsResponseDir, error) {
	dirs := map[int32][]kmsg.DescribeLogDirsResponseDir{}
	err := callEach(a, "describeLogDirs", kmsg.NewPtrDescribeLogDirsRequest(), func(meta kgo.BrokerMetadata, resp *kmsg.DescribeLogDirsResponse) {
		if slices.Contains(brokers, meta.NodeID) {
			dirs[meta.NodeID] = resp.Dirs
		}
	})
	return dirs, err
}

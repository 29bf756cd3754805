package cli

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// runMetadataQuorum is kafka-metadata-quorum.
func runMetadataQuorum(env *Env, args []string) int {
	p := newQuorumArgs()
	given, err := p.parse(args)
	if err != nil {
		return p.stop(env, err)
	}
	t := &quorumTool{env: env, args: p, given: given}
	if err := t.run(); err != nil {
		return endArgs(env, err)
	}
	return 0
}

// quorumTool is one run of kafka-metadata-quorum.
type quorumTool struct {
	env    *Env
	args   *quorumArgs
	given  *argResult
	props  clientProps
	admin  *admin // the node that is asked: a broker, or the active controller
	quorum *controllers
}

func (t *quorumTool) run() error {
	var err error
	if t.props, err = t.readConfig(); err != nil {
		return err
	}
	if err := t.check(); err != nil {
		return err
	}
	switch t.given.parser {
	case t.args.add:
		return t.addController()
	case t.args.remove:
		return t.removeController()
	}
	if err := t.open(); err != nil {
		return err
	}
	defer t.Close()
	if t.given.has(t.args.replication) {
		return t.describeReplication()
	}
	return t.describeStatus()
}

func (t *quorumTool) readConfig() (clientProps, error) {
	path := t.given.value(t.args.config)
	if path == "" {
		return clientProps{}, nil
	}
	if _, err := os.Stat(path); err != nil {
		return nil, terse("Properties file " + path + " does not exists!")
	}
	return loadProps(path)
}

// check finds what does not go together with a sub-command.
func (t *quorumTool) check() error {
	status, replication := t.given.has(t.args.status), t.given.has(t.args.replication)
	switch {
	case t.given.parser == t.args.add && !t.given.has(t.args.config):
		return terse("You must supply the configuration file of the controller you are adding when using add-controller.")
	case t.given.parser != t.args.describe:
	case status && replication:
		return terse("Only one of --status or --replication should be specified with describe sub-command")
	case status && t.given.has(t.args.human):
		return terse("The option --human-readable is only supported along with --replication")
	case !status && !replication:
		return terse("One of --status or --replication must be specified with describe sub-command")
	}
	return nil
}

func (t *quorumTool) open() error {
	var err error
	if t.given.has(t.args.server) {
		t.admin, err = newAdmin(t.env, t.props, t.given.value(t.args.server))
		return err
	}
	if t.quorum, err = openControllers(t.env, t.props, t.given.value(t.args.controller)); err != nil {
		return err
	}
	if t.admin, err = t.quorum.active(); err != nil {
		t.quorum.Close()
	}
	return err
}

func (t *quorumTool) Close() {
	if t.quorum != nil {
		t.quorum.Close()
	} else {
		t.admin.Close()
	}
}

// quorumState is the answer of DescribeQuorum (KIP-595, KIP-853).
type quorumState struct {
	kmsg.DescribeQuorumResponseTopicPartition
	leader *quorumReplica
	nodes  []kmsg.DescribeQuorumResponseNode
}

type quorumReplica = kmsg.DescribeQuorumResponseTopicPartitionReplicaState

func (a *admin) describeQuorum() (*quorumState, error) {
	req := kmsg.NewPtrDescribeQuorumRequest()
	topic := kmsg.NewDescribeQuorumRequestTopic()
	topic.Topic = "__cluster_metadata"
	topic.Partitions = []kmsg.DescribeQuorumRequestTopicPartition{{Partition: 0}}
	req.Topics = append(req.Topics, topic)
	resp, err := call[*kmsg.DescribeQuorumResponse](a, "describeMetadataQuorum", req)
	if err != nil {
		return nil, err
	}
	if err := brokerError(resp.ErrorCode, resp.ErrorMessage); err != nil {
		return nil, err
	}
	if len(resp.Topics) != 1 || len(resp.Topics[0].Partitions) != 1 {
		return nil, unknownServer("DescribeMetadataQuorum received no or more than one partition of the metadata log")
	}
	q := &quorumState{DescribeQuorumResponseTopicPartition: resp.Topics[0].Partitions[0], nodes: resp.Nodes}
	if err := brokerError(q.ErrorCode, q.ErrorMessage); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(q.CurrentVoters, func(v quorumReplica) bool { return v.ReplicaID == q.LeaderID })
	if i < 0 {
		return nil, unknownServer(fmt.Sprintf("The leader %d is none of the voters", q.LeaderID))
	}
	q.leader = &q.CurrentVoters[i]
	return q, nil
}

func unknownServer(text string) error {
	return &exception{class: errorsPackage + "UnknownServerException", text: text, code: wire.UnknownServerError}
}

func (t *quorumTool) clusterID() (string, error) {
	if t.quorum != nil {
		return t.quorum.cluster.id, nil
	}
	cluster, err := t.admin.describeCluster(clusterQuestion{})
	if err != nil {
		return "", executionFailed(err)
	}
	return cluster.id, nil
}

// removeController asks the quorum to go on without a voter (KIP-853).
func (t *quorumTool) removeController() error {
	id := int32(t.given.number(t.args.controllerID))
	if id < 0 {
		return terse(fmt.Sprintf("Invalid negative --controller-id: %d", id))
	}
	directory, err := parseDirectoryID(t.given.value(t.args.directoryID))
	if err != nil {
		return terse("Failed to parse --controller-directory-id: " + err.Error())
	}
	done := "Removed "
	if t.given.has(t.args.dryRun) {
		done = "DRY RUN of removing "
	} else {
		if err := t.open(); err != nil {
			return err
		}
		defer t.Close()
		req := kmsg.NewPtrRemoveRaftVoterRequest()
		req.VoterID, req.VoterDirectoryID = id, directory
		resp, err := call[*kmsg.RemoveRaftVoterResponse](t.admin, "removeRaftVoter", req)
		if err == nil {
			err = brokerError(resp.ErrorCode, resp.ErrorMessage)
		}
		if err != nil {
			return executionFailed(err)
		}
	}
	t.env.outf("%s KRaft controller %d with directory id %s\n", done, id, directory)
	return nil
}

// parseDirectoryID complains in the words of Java's Uuid.
func parseDirectoryID(text string) (wire.UUID, error) {
	if len(text) > 24 {
		return wire.UUID{}, fmt.Errorf("Input string with prefix `%s` is too long to be decoded as a base64 UUID", text[:24])
	}
	id, err := wire.ParseUUID(text)
	if err != nil {
		return id, fmt.Errorf("Input string `%s` decoded as %d bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID", text, len(text)*6/8)
	}
	return id, nil
}

// addController asks the quorum to take the node of a configuration file in.
func (t *quorumTool) addController() error {
	c, err := readControllerConfig(t.props)
	if err != nil {
		return err
	}
	done := "Added"
	if t.given.has(t.args.dryRun) {
		done = "DRY RUN of adding"
	} else {
		if err := t.open(); err != nil {
			return err
		}
		defer t.Close()
		req := kmsg.NewPtrAddRaftVoterRequest()
		req.TimeoutMillis, req.VoterID, req.VoterDirectoryID, req.Listeners = int32(t.admin.timeout.Milliseconds()), c.id, c.directory, c.listeners
		resp, err := call[*kmsg.AddRaftVoterResponse](t.admin, "addRaftVoter", req)
		if err == nil {
			err = brokerError(resp.ErrorCode, resp.ErrorMessage)
		}
		if err != nil {
			return executionFailed(err)
		}
	}
	endpoints := make([]string, len(c.listeners))
	for i, l := range c.listeners {
		endpoints[i] = endpointText(l.Name, l.Host, l.Port)
	}
	t.env.outf("%s controller %d with directory id %s and endpoints: %s\n", done, c.id, c.directory, strings.Join(endpoints, ", "))
	return nil
}

func endpointText(name, host string, port uint16) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return name + "://" + host + ":" + strconv.Itoa(int(port))
}

// controllerConfig is what add-controller takes from the file of a controller.
type controllerConfig struct {
	id        int32
	directory wire.UUID
	listeners []kmsg.AddRaftVoterRequestListener
}

const isItValid = " Is this a valid controller configuration file?"

func readControllerConfig(props clientProps) (*controllerConfig, error) {
	text, set := props["node.id"]
	if !set {
		return nil, terse("node.id not found in configuration file." + isItValid)
	}
	id, err := parseInt32(text)
	switch {
	case err != nil:
		return nil, err
	case id < 0:
		return nil, terse("node.id was negative in configuration file." + isItValid)
	case !strings.Contains(props["process.roles"], "controller"):
		return nil, terse("process.roles did not contain 'controller' in configuration file." + isItValid)
	}
	c := &controllerConfig{id: id}
	if c.directory, err = metadataDirectoryID(props); err != nil {
		return nil, err
	}
	c.listeners, err = controllerListeners(props)
	return c, err
}

func metadataDirectoryID(props clientProps) (wire.UUID, error) {
	dir, set := props["metadata.log.dir"]
	if !set {
		dirs, ok := props["log.dirs"]
		if !ok {
			return wire.UUID{}, terse("Neither metadata.log.dir nor log.dirs were found." + isItValid)
		}
		dir, _, _ = strings.Cut(strings.TrimSpace(dirs), ",")
	}
	meta, err := readMeta(dir)
	if _, missing := err.(*fs.PathError); missing {
		return wire.UUID{}, terse("Unable to read meta.properties from " + dir)
	}
	if err != nil {
		return wire.UUID{}, err
	}
	text, set := meta["directory.id"]
	if !set {
		return wire.UUID{}, terse("No directory id found in " + dir)
	}
	return parseDirectoryID(text)
}

// controllerListeners are the controller's listeners at the addresses that it
// advertises, else at those it listens on.
func controllerListeners(props clientProps) ([]kmsg.AddRaftVoterRequestListener, error) {
	names, set := props["controller.listener.names"]
	if !set {
		return nil, terse("controller.listener.names was not found." + isItValid)
	}
	known := map[string]kmsg.AddRaftVoterRequestListener{}
	for _, entry := range strings.Split(props["listeners"]+","+props["advertised.listeners"], ",") {
		if l, ok := parseEndpoint(strings.TrimSpace(entry)); ok {
			known[strings.ToUpper(l.Name)] = l
		}
	}
	var listeners []kmsg.AddRaftVoterRequestListener
	for _, name := range strings.Split(names, ",") {
		name = strings.ToUpper(strings.TrimSpace(name))
		l, ok := known[name]
		if !ok {
			return nil, terse("Cannot find information about controller listener name: " + name)
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

// parseEndpoint reads NAME://host:port; no host is this machine.
func parseEndpoint(entry string) (kmsg.AddRaftVoterRequestListener, bool) {
	l := kmsg.NewAddRaftVoterRequestListener()
	name, address, ok := strings.Cut(entry, "://")
	at := strings.LastIndexByte(address, ':')
	if !ok || at < 0 {
		return l, false
	}
	port, err := strconv.ParseUint(address[at+1:], 10, 16)
	if err != nil {
		return l, false
	}
	l.Name, l.Host, l.Port = strings.ToUpper(name), strings.Trim(address[:at], "[]"), uint16(port)
	if l.Host == "" {
		l.Host = "localhost"
	}
	return l, true
}

package cli

import (
	"cmp"
	"fmt"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// runCluster is kafka-cluster.
func runCluster(env *Env, args []string) int {
	p := newClusterArgs()
	given, err := p.parse(args)
	if err != nil {
		p.stop(env, err)
		return 1
	}
	if err := p.run(env, given); err != nil {
		return endArgs(env, err)
	}
	return 0
}

func (p *clusterArgs) run(env *Env, given *argResult) error {
	props, err := p.props(env, given)
	if err != nil {
		return err
	}
	t := &clusterTool{env: env, args: p, given: given}
	if given.has(p.controller) {
		t.quorum, err = openControllers(env, props, given.value(p.controller))
	} else {
		t.brokers, err = newAdmin(env, props, given.value(p.server))
	}
	if err != nil {
		return err
	}
	defer t.Close()
	switch given.parser {
	case p.clusterID:
		return t.clusterID()
	case p.unregister, p.unregisterController:
		return t.unregister()
	case p.listEndpoints:
		return t.listEndpoints()
	default:
		return t.apiVersions()
	}
}

// clusterTool is one run of kafka-cluster, over brokers or over controllers.
type clusterTool struct {
	env     *Env
	args    *clusterArgs
	given   *argResult
	brokers *admin
	quorum  *controllers
}

func (t *clusterTool) Close() {
	if t.quorum != nil {
		t.quorum.Close()
	} else {
		t.brokers.Close()
	}
}

// describe returns the nodes that the given address belongs to.
func (t *clusterTool) describe(q clusterQuestion) (*clusterNodes, error) {
	if t.quorum != nil {
		return t.quorum.cluster, nil
	}
	return t.brokers.describeCluster(q)
}

func (t *clusterTool) clusterID() error {
	cluster, err := t.describe(clusterQuestion{})
	if err != nil {
		return executionFailed(err)
	}
	t.env.outln("Cluster ID: " + cluster.id)
	return nil
}

func (t *clusterTool) unregister() error {
	a := t.brokers
	if t.quorum != nil {
		var err error
		if a, err = t.quorum.active(); err != nil {
			return err
		}
	}
	kind, ask, option := "broker", a.unregisterBroker, t.args.id
	if t.given.parser == t.args.unregisterController {
		kind, ask, option = "controller", a.unregisterController, t.args.controllerID
	}
	id, err := parseInt32(t.given.value(option))
	if err != nil {
		return err
	}
	switch err := ask(id); {
	case err == nil:
		t.env.outf("%s %d is no longer registered.\n", capital(kind), id)
		return nil
	case unsupported(err):
		t.env.outln("The target cluster does not support the " + kind + " unregistration API.")
		return nil
	default:
		t.env.log("ERROR", fmt.Sprintf("%s Unregister %s request for %s ID %d failed: %s", a.name, kind, kind, id, err),
			"org.apache.kafka.clients.admin.KafkaAdminClient")
		return executionFailed(err)
	}
}

func (a *admin) unregisterBroker(id int32) error {
	req := kmsg.NewPtrUnregisterBrokerRequest()
	req.BrokerID = id
	resp, err := call[*kmsg.UnregisterBrokerResponse](a, "unregisterBroker", req)
	if err != nil {
		return err
	}
	return brokerError(resp.ErrorCode, resp.ErrorMessage)
}

func (a *admin) unregisterController(id int32) error {
	req := kmsg.NewPtrUnregisterControllerRequest()
	req.ControllerID = id
	resp, err := call[*kmsg.UnregisterControllerResponse](a, "unregisterController", req)
	if err != nil {
		return err
	}
	return brokerError(resp.ErrorCode, resp.ErrorMessage)
}

func (t *clusterTool) listEndpoints() error {
	fenced := t.given.has(t.args.fenced)
	if fenced && t.quorum != nil {
		return illegalArgument("The option --include-fenced-brokers is only supported with --bootstrap-server option")
	}
	cluster, err := t.describe(clusterQuestion{fenced: fenced})
	if unsupported(err) {
		t.env.outln(err.Error())
		return nil
	}
	if err != nil {
		return executionFailed(err)
	}
	host, rack := 0, 0
	for _, n := range cluster.nodes {
		host = max(host, len(n.host))
		if n.rack != nil {
			rack = max(rack, len(*n.rack))
		}
	}
	host, rack = cmp.Or(host, 100), cmp.Or(rack, 10)
	row := func(id, hostname, port, rackname, state, kind string) {
		t.env.outf("%-10s %-*s %-10s %-*s ", id, host, hostname, port, rack, rackname)
		if t.quorum == nil {
			t.env.outf("%-10s ", state)
		}
		t.env.outf("%-15s\n", kind)
	}
	row("ID", "HOST", "PORT", "RACK", "STATE", "ENDPOINT_TYPE")
	for _, n := range cluster.nodes {
		state, kind := "unfenced", "broker"
		if n.fenced {
			state = "fenced"
		}
		if t.quorum != nil {
			kind = "controller"
		}
		row(fmt.Sprint(n.id), n.host, fmt.Sprint(n.port), n.rackText(), state, kind)
	}
	return nil
}

func (t *clusterTool) apiVersions() error {
	cluster, err := t.describe(clusterQuestion{})
	if err != nil {
		return executionFailed(err)
	}
	for _, n := range cluster.nodes {
		if t.quorum == nil {
			// Metadata tells the client library where the node is.
			if _, err := t.brokers.metadata("listNodes", []string{}); err != nil {
				return executionFailed(err)
			}
			printAPIVersions(t.env, n, t.brokers.Broker(int(n.id)))
			continue
		}
		a, err := t.quorum.node(n.id)
		if err != nil {
			return err
		}
		printAPIVersions(t.env, n, a.only)
	}
	return nil
}

package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// runBrokerAPIVersions is kafka-broker-api-versions: the APIs that each broker
// answers. Kafka 4.4 has the same under kafka-cluster api-versions (KIP-1220).
func runBrokerAPIVersions(env *Env, args []string) int {
	p := newOptionParser()
	commandConfig := p.accepts("command-config", "A property file containing configs to be passed to Admin Client.").withRequired("command config property file")
	bootstrap := p.accepts("bootstrap-server", "REQUIRED: The server to connect to.").withRequired("server(s) to use for bootstrapping")
	set, err := p.parse(args)
	if err == nil {
		err = p.helpOrVersion(env, args, set, "This tool helps to retrieve broker version information.")
	}
	if err == nil {
		err = requireOptions(set, bootstrap)
	}
	if err == nil {
		err = printBrokerAPIVersions(env, set, bootstrap, commandConfig)
	}
	if err != nil {
		return p.end(env, err)
	}
	return 0
}

func printBrokerAPIVersions(env *Env, set *optionSet, bootstrap, commandConfig *option) error {
	props, err := fileProps(set, commandConfig)
	if err != nil {
		return err
	}
	if props["bootstrap.servers"], err = set.value(bootstrap); err != nil {
		return err
	}
	props["client.id"] = "admin-1"
	c, err := newClient(env, "LegacyAdminClient", props)
	if err != nil {
		return err
	}
	defer c.Close()
	nodes, err := nodesFromMetadata(c, strings.Split(props["bootstrap.servers"], ","))
	if err != nil {
		return err
	}
	for _, n := range nodes {
		printAPIVersions(env, n, c.Broker(int(n.id)))
	}
	return nil
}

// nodesFromMetadata asks one bootstrap broker after the other, each once, for
// the brokers of the cluster.
func nodesFromMetadata(c *kafkaClient, seeds []string) ([]clusterNode, error) {
	var asked []string
	for i, seed := range c.SeedBrokers() {
		resp, err := seed.Request(context.Background(), kmsg.NewPtrMetadataRequest())
		if err != nil {
			asked = append(asked, fmt.Sprintf("%s (id: %d rack: null isFenced: false)", strings.TrimSpace(seeds[min(i, len(seeds)-1)]), -1-i))
			continue
		}
		var nodes []clusterNode
		for _, b := range resp.(*kmsg.MetadataResponse).Brokers {
			nodes = append(nodes, clusterNode{id: b.NodeID, host: b.Host, port: b.Port, rack: b.Rack})
		}
		sortNodes(nodes)
		return nodes, nil
	}
	return nil, &exception{class: "java.lang.RuntimeException", text: "Request METADATA failed on brokers [" + strings.Join(asked, ", ") + "]"}
}

// printAPIVersions prints the APIs of one node, or why it did not tell them.
func printAPIVersions(env *Env, n clusterNode, node *kgo.Broker) {
	req := kmsg.NewPtrApiVersionsRequest()
	req.ClientSoftwareName, req.ClientSoftwareVersion = "brolga", Version
	resp, err := node.RetriableRequest(context.Background(), req)
	if err == nil {
		err = brokerError(resp.(*kmsg.ApiVersionsResponse).ErrorCode, nil)
	}
	if err != nil {
		env.outln(n.String() + " -> ERROR: " + err.Error())
		return
	}
	env.outln(n.String() + " -> " + apiVersionsText(resp.(*kmsg.ApiVersionsResponse).ApiKeys))
}

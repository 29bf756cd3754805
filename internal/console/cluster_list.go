package console

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

func (c *call) listClusters() (view.ClusterList, error) {
	var list view.ClusterList
	for _, k := range c.s.clusters.list() {
		k.touch()
		list.Clusters = append(list.Clusters, k.row())
	}
	return list, nil
}

// row is a cluster in the list, as far as it is known now.
func (k *cluster) row() view.Cluster {
	v := view.Cluster{ID: k.id, Name: k.name, Source: k.Source, BootstrapServers: k.bootstrap, ReadOnly: k.readOnly}
	v.Status, v.Problem = k.status()
	if m := k.meta.newest.Load(); m != nil {
		v.ClusterID, v.Brokers, v.Topics, v.Partitions = m.clusterID, m.online(), len(m.names), m.partitions
	}
	v.Version = k.versionGuess()
	return v
}

func (c *call) addCluster(in view.NewCluster) (view.Done, error) {
	if err := checkNewCluster(&in); err != nil {
		return view.Done{}, err
	}
	done := view.Done{DryRun: c.dryRun, Command: "brolga console --bootstrap " + shellQuote(strings.Join(in.BootstrapServers, ","))}
	if c.dryRun {
		sentence, err := c.tryCluster(in)
		done.Message = sentence
		return done, err
	}
	k, err := c.s.clusters.add(in)
	if err != nil {
		return view.Done{}, err
	}
	done.Message = fmt.Sprintf("The cluster %s was added.", k.name)
	c.s.log.Info("A cluster was added in the console", "cluster", clip(k.name, 100), "user", c.who.name, "address", c.who.address)
	return done, nil
}

// checkNewCluster tidies and checks what a person typed.
func checkNewCluster(in *view.NewCluster) error {
	in.Name = strings.TrimSpace(in.Name)
	const longestName, mostServers = 100, 20
	if in.Name == "" || len(in.Name) > longestName {
		return invalid("name", fmt.Sprintf("A cluster needs a name of at most %d letters.", longestName))
	}
	var servers []string
	for _, list := range in.BootstrapServers {
		for s := range strings.SplitSeq(list, ",") {
			if s = strings.TrimSpace(s); s != "" {
				servers = append(servers, s)
			}
		}
	}
	if len(servers) == 0 || len(servers) > mostServers {
		return invalid("bootstrapServers", fmt.Sprintf("From 1 to %d addresses host:port.", mostServers))
	}
	for _, s := range servers {
		host, port, err := net.SplitHostPort(s)
		n, err2 := strconv.Atoi(port)
		if err != nil || err2 != nil || host == "" || n < 1 || n > 65535 {
			return invalid("bootstrapServers", fmt.Sprintf("%q is not host:port.", clip(s, 100)))
		}
	}
	in.BootstrapServers = servers
	_, _, err := securityOptions(in.Properties)
	return err
}

// tryCluster connects once.
func (c *call) tryCluster(in view.NewCluster) (string, error) {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(c, patience)
	defer cancel()
	k, err := openCluster(ctx, c.s, "trial", added(in))
	if err != nil {
		return "", err
	}
	defer k.close()
	m, err := k.askMeta(ctx, nil)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("It answers: %s and %s.", count(m.online(), "broker"), count(len(m.names), "topic")), nil
}

func (c *call) removeCluster() (view.Done, error) {
	k := c.s.clusters.find(c.vars("cluster"))
	if k == nil {
		return view.Done{}, notFound("There is no such cluster.")
	}
	if k.Source != view.SourceAdded {
		return view.Done{}, forbidden("Only clusters that were added in the page can be removed here.")
	}
	done := view.Done{DryRun: c.dryRun, Message: fmt.Sprintf("The cluster %s would be removed from the list; nothing happens to it.", k.name)}
	if c.dryRun {
		return done, nil
	}
	done.Message = fmt.Sprintf("The cluster %s was removed from the list.", k.name)
	c.s.log.Info("A cluster was removed in the console", "cluster", clip(k.name, 100), "user", c.who.name, "address", c.who.address)
	return done, c.s.clusters.remove(k)
}

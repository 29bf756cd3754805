package lab

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// properties writes the file of a broker, in Kafka's own keys: what it says can be
// read, changed and used without the lab.
func (o *Options) properties(id int32) []byte {
	port, controllerPort := o.Port+int(id)-1, o.ControllerPort+int(id)-1
	isVoter := int(id) <= o.voters()
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Broker %d of a lab of %d; written anew at each start of the lab.\n", id, o.Brokers)
	line := func(key, format string, args ...any) { fmt.Fprintf(&b, key+"="+format+"\n", args...) }
	listeners := fmt.Sprintf("PLAINTEXT://localhost:%d", port)
	if isVoter {
		line("process.roles", "broker,controller")
		listeners += fmt.Sprintf(",CONTROLLER://localhost:%d", controllerPort)
	} else {
		line("process.roles", "broker")
	}
	line("node.id", "%d", id)
	line("controller.quorum.voters", "%s", o.quorumVoters())
	line("controller.listener.names", "CONTROLLER")
	line("listeners", "%s", listeners)
	line("advertised.listeners", "PLAINTEXT://localhost:%d", port)
	line("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT")
	line("inter.broker.listener.name", "PLAINTEXT")
	line("log.dirs", "%s", filepath.Join(o.brokerDir(id), "data"))
	copies, inSync := min(3, o.Brokers), min(2, o.Brokers)
	line("offsets.topic.replication.factor", "%d", copies)
	line("transaction.state.log.replication.factor", "%d", copies)
	line("transaction.state.log.min.isr", "%d", inSync)
	line("group.initial.rebalance.delay.ms", "0")
	line("console.listener", "none")
	line("metrics.listener", "none")
	return b.Bytes()
}

func (o *Options) quorumVoters() string {
	voters := make([]string, 0, o.voters())
	for i := range o.voters() {
		voters = append(voters, fmt.Sprintf("%d@localhost:%d", i+1, o.ControllerPort+i))
	}
	return strings.Join(voters, ",")
}

// bootstrap is what clients are told.
func (o *Options) bootstrap() []string {
	var all []string
	for i := range o.Brokers {
		all = append(all, fmt.Sprintf("localhost:%d", o.Port+i))
	}
	return all
}

// clusterID returns the lab's cluster id, which its first start has made.
func (o *Options) clusterID() (string, error) {
	path := filepath.Join(o.Dir, "cluster.id")
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		return strings.TrimSpace(string(b)), nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	text := base64.RawURLEncoding.EncodeToString(id[:])
	if strings.HasPrefix(text, "-") {
		return o.clusterID() // would look like an option on a command line
	}
	return text, os.WriteFile(path, []byte(text+"\n"), 0o644)
}

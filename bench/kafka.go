package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// kafkaClusterID is any valid id; the directories are always new.
const kafkaClusterID = "MkU3OEVBNTcwNTJENDM2Qg"

// jvmOptions are those of kafka-server-start and kafka-run-class, of Kafka's own
// distribution, which the jars of Maven do not have: heap, collector and the rest.
func jvmOptions() []string {
	return []string{"-Xmx1G", "-Xms1G", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
		"-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent", "-XX:MaxInlineLevel=15", "-Djava.awt.headless=true"}
}

// kafkaKind runs Apache Kafka from jars that scripts/peers.sh has fetched through
// Maven: nodes with both roles, as brolga's are.
func kafkaKind(jars, logging string) kind {
	return kind{name: "kafka", nodes: 1, auto: true,
		prepare: func(at []place) error { return formatKafka(jars, at) },
		args: func(at []place, i int) []string {
			args := append([]string{"java"}, jvmOptions()...)
			return append(args, "-Dlog4j2.configurationFile="+logging, "-cp", filepath.Join(jars, "*"), "kafka.Kafka", at[i].properties())
		}}
}

// kafkaVersion is the version in the names of the jars.
func kafkaVersion(jars string) (string, error) {
	names, err := filepath.Glob(filepath.Join(jars, "kafka-server-[0-9]*.jar"))
	if err == nil && len(names) != 1 {
		err = fmt.Errorf("%d jars of Kafka's server in %s: scripts/peers.sh java_peers", len(names), jars)
	}
	if err != nil {
		return "", err
	}
	version := strings.TrimPrefix(filepath.Base(names[0]), "kafka-server-")
	return strings.TrimSuffix(version, ".jar"), nil
}

// formatKafka writes the configurations and formats the directories. None of it is
// part of a measured start: brolga formats itself.
func formatKafka(jars string, at []place) error {
	var voters []string
	for i := range at {
		voters = append(voters, fmt.Sprintf("%d@%s", i+1, at[i].controller))
	}
	for i, p := range at {
		text := strings.Join(slices.Concat([]string{
			"process.roles=broker,controller",
			fmt.Sprint("node.id=", i+1),
			"controller.quorum.voters=" + strings.Join(voters, ","),
			"listeners=PLAINTEXT://" + p.addr + ",CONTROLLER://" + p.controller,
			"advertised.listeners=PLAINTEXT://" + p.addr,
			"controller.listener.names=CONTROLLER",
			"inter.broker.listener.name=PLAINTEXT",
			"log.dirs=" + p.dir,
		}, equalSettings(len(at)), []string{""}), "\n")
		if err := os.WriteFile(p.properties(), []byte(text), 0o600); err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(p.dir, "meta.properties")); err == nil {
			continue
		}
		cmd := exec.Command("java", "-cp", filepath.Join(jars, "*"), "kafka.tools.StorageTool", "format", "-t", kafkaClusterID, "-c", p.properties())
		if out, err := cmd.CombinedOutput(); err != nil {
			return errors.Join(fmt.Errorf("format %s: %s", filepath.Base(p.dir), out), err)
		}
	}
	return nil
}

// equalSettings are said to brolga and Kafka alike; all else are the defaults of
// Kafka, which brolga has too.
func equalSettings(nodes int) []string {
	internal := min(nodes, 3)
	return []string{
		fmt.Sprint("num.partitions=", partitions),
		fmt.Sprint("offsets.topic.replication.factor=", internal),
		fmt.Sprint("transaction.state.log.replication.factor=", internal),
		fmt.Sprint("transaction.state.log.min.isr=", min(nodes, 2)),
		fmt.Sprint("share.coordinator.state.topic.replication.factor=", internal),
		fmt.Sprint("share.coordinator.state.topic.min.isr=", min(nodes, 2)),
		"group.initial.rebalance.delay.ms=0",
		// Logs of deleted topics go at once: a minute later they would go while
		// something else is measured.
		"log.segment.delete.delay.ms=500",
		"log.cleaner.backoff.ms=100",
	}
}

package config

import "strings"

// removedKeys are keys of earlier releases that no longer mean anything. Files
// still hold them; they are accepted without a word. Sorted by name.
var removedKeys = []string{
	"auto.include.jmx.reporter",
	"broker.id.generation.enable",
	"control.plane.listener.name",
	"controlled.shutdown.max.retries",
	"controlled.shutdown.retry.backoff.ms",
	"delegation.token.master.key",
	"eligible.leader.replicas.enable",
	"group.share.enable",
	"group.share.max.groups",
	"inter.broker.protocol.version",
	"leader.imbalance.per.broker.percentage",
	"log.message.downconversion.enable",
	"log.message.format.version",
	"log.message.timestamp.difference.max.ms",
	"offsets.commit.required.acks",
	"password.encoder.cipher.algorithm",
	"password.encoder.iterations",
	"password.encoder.key.length",
	"password.encoder.keyfactory.algorithm",
	"password.encoder.old.secret",
	"password.encoder.secret",
	"reserved.broker.max.id",
}

// removed tells whether an earlier Kafka knew the key.
func removed(name string) bool {
	return strings.HasPrefix(name, "zookeeper.") || contains(removedKeys, name)
}

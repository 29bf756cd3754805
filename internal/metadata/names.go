package metadata

import "strings"

// The internal topics (KIP-98, KIP-932) and the log of the metadata itself.
const (
	OffsetsTopic         = "__consumer_offsets"
	TransactionTopic     = "__transaction_state"
	ShareStateTopic      = "__share_group_state"
	ClusterMetadataTopic = "__cluster_metadata"
)

// maxTopicName leaves room for "-<partition>" and a suffix in a file name.
const maxTopicName = 249

// InternalTopic tells whether clients see the topic marked as internal.
func InternalTopic(name string) bool {
	return name == OffsetsTopic || name == TransactionTopic || name == ShareStateTopic
}

// TopicNameFault says in Kafka's words what is wrong with the name of a topic;
// it is empty for a valid one. A valid name is safe as part of a file name.
func TopicNameFault(name string) string {
	switch {
	case name == "":
		return "Topic name is invalid: the empty string is not allowed"
	case name == ".", name == "..":
		return "Topic name is invalid: '" + name + "' is not allowed"
	case len(name) > maxTopicName:
		return "Topic name is invalid: the length of '" + name + "' is longer than the max allowed length 249"
	}
	for i := range len(name) {
		if !topicNameByte(name[i]) {
			return "Topic name is invalid: '" + name + "' contains one or more characters other than " +
				"ASCII alphanumerics, '.', '_' and '-'"
		}
	}
	return ""
}

func topicNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '.' || c == '_' || c == '-'
}

// MetricName returns the name that metrics show for the topic. Two topics of one
// cluster must not share it.
func MetricName(topic string) string {
	return strings.ReplaceAll(topic, ".", "_")
}

package commitlog

import (
	"strconv"
	"strings"
)

// TopicPartition names one partition of a topic.
type TopicPartition struct {
	Topic     string
	Partition int32
}

// String is the name of the partition's directory, such as "orders-3".
func (tp TopicPartition) String() string {
	return tp.Topic + "-" + strconv.Itoa(int(tp.Partition))
}

// maxTopicName is Kafka's limit; with it every directory name fits into the
// 255 bytes file systems allow.
const maxTopicName = 249

// ParseTopicPartition is the inverse of String. It refuses names that are no
// legal topic name, so no directory name can point anywhere else.
func ParseTopicPartition(dirName string) (TopicPartition, bool) {
	i := strings.LastIndexByte(dirName, '-')
	if i <= 0 || i == len(dirName)-1 {
		return TopicPartition{}, false
	}
	topic, digits := dirName[:i], dirName[i+1:]
	p, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || p < 0 || strconv.FormatInt(p, 10) != digits || !validTopicName(topic) {
		return TopicPartition{}, false
	}
	return TopicPartition{Topic: topic, Partition: int32(p)}, true
}

func validTopicName(s string) bool {
	if s == "" || s == "." || s == ".." || len(s) > maxTopicName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

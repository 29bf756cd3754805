package cli

import (
	"regexp"
	"strings"
)

// topicFilter is a list of topic patterns as the tools accept it: a comma means
// "or", spaces and surrounding quotes are dropped, and a name must match as a
// whole.
type topicFilter struct{ pattern *regexp.Regexp }

func newTopicFilter(raw string) (topicFilter, error) {
	text := strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(raw), ",", "|"), " ", "")
	text = strings.TrimRight(strings.TrimLeft(text, `"'`), `"'`)
	re, err := regexp.Compile("^(?:" + text + ")$")
	if err != nil {
		return topicFilter{}, &exception{class: "java.lang.RuntimeException", text: text + " is an invalid regex."}
	}
	return topicFilter{re}, nil
}

func (f topicFilter) matches(topic string) bool { return f.pattern.MatchString(topic) }

// isInternalTopic tells the topics that Kafka keeps for itself.
func isInternalTopic(topic string) bool {
	return topic == "__consumer_offsets" || topic == "__transaction_state" || topic == "__share_group_state"
}

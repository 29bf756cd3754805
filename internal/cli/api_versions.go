package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// apiVersionsText lists the APIs of a node as Kafka's NodeApiVersions does: one
// line each, in order of their keys, with those that it lacks but brokers have.
func apiVersionsText(keys []kmsg.ApiVersionsResponseApiKey) string {
	has := map[int16]bool{}
	for _, k := range keys {
		has[k.ApiKey] = true
	}
	for api := range wire.APIs() {
		if api.Listeners.Has(wire.BrokerListener) && !has[api.Key] {
			keys = append(keys, kmsg.ApiVersionsResponseApiKey{ApiKey: api.Key, MinVersion: -1, MaxVersion: -1})
		}
	}
	slices.SortFunc(keys, func(a, b kmsg.ApiVersionsResponseApiKey) int { return int(a.ApiKey) - int(b.ApiKey) })
	lines := make([]string, len(keys))
	for i, k := range keys {
		lines[i] = "\t" + apiVersionText(k)
	}
	return "(\n" + strings.Join(lines, ",\n") + "\n)"
}

func apiVersionText(k kmsg.ApiVersionsResponseApiKey) string {
	api, known := wire.LookupAPI(k.ApiKey)
	name := api.Name
	if !known {
		name = "UNKNOWN"
	}
	text := fmt.Sprintf("%s(%d): ", name, k.ApiKey)
	if k.MaxVersion < 0 {
		return text + "UNSUPPORTED"
	}
	text += fmt.Sprint(k.MinVersion)
	if k.MinVersion != k.MaxVersion {
		text += fmt.Sprintf(" to %d", k.MaxVersion)
	}
	switch {
	case !known:
		return text
	case api.MaxVersion < k.MinVersion:
		return text + " [unusable: node too new]"
	case api.MinVersion > k.MaxVersion:
		return text + " [unusable: node too old]"
	}
	return text + fmt.Sprintf(" [usable: %d]", min(api.MaxVersion, k.MaxVersion))
}

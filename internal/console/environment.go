package console

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/console/view"
)

var clusterVariable = regexp.MustCompile(`^KAFKA_CLUSTERS_(\d{1,3})_(NAME|BOOTSTRAPSERVERS|READONLY|PROPERTIES_[A-Z0-9_]+)$`)

// EnvironmentClusters reads the clusters that KAFKA_CLUSTERS_<n>_NAME,
// _BOOTSTRAPSERVERS, _READONLY and _PROPERTIES_<…> name, as Kafka UI does.
func EnvironmentClusters(environ []string) ([]ClusterOptions, error) {
	byNumber := map[int]*ClusterOptions{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		m := clusterVariable.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		o := byNumber[n]
		if o == nil {
			o = &ClusterOptions{Source: view.SourceEnvironment, Properties: map[string]string{}}
			byNumber[n] = o
		}
		switch {
		case m[2] == "NAME":
			o.Name = value
		case m[2] == "BOOTSTRAPSERVERS":
			o.Bootstrap = splitServers(value)
		case m[2] == "READONLY":
			o.ReadOnly = strings.EqualFold(value, "true")
		default:
			property := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(m[2], "PROPERTIES_"), "_", "."))
			o.Properties[property] = value
		}
	}
	var all []ClusterOptions
	for _, n := range sortedInts(byNumber) {
		o := byNumber[n]
		if len(o.Bootstrap) == 0 {
			return nil, fmt.Errorf("KAFKA_CLUSTERS_%d_BOOTSTRAPSERVERS is not set", n)
		}
		if o.Name == "" {
			o.Name = o.Bootstrap[0]
		}
		all = append(all, *o)
	}
	return all, nil
}

func splitServers(list string) []string {
	servers := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	return slices.DeleteFunc(servers, func(s string) bool { return s == "" })
}

// EnvironmentBase is the path below which Kafka UI would lie.
func EnvironmentBase(getenv func(string) string) string {
	return getenv("SERVER_SERVLET_CONTEXT_PATH")
}

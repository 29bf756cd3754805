package controller

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	cordonedDirsKey = "cordoned.log.dirs"
	durabilityKey   = "log.durability"
)

// checkAlteration says why an alteration cannot take effect, whether its resource
// exists or is about to.
func (d *decision) checkAlteration(caller Caller, a *alteration) *fault {
	for _, c := range a.changes {
		if f := d.checkChange(caller, a, c); f != nil {
			return f
		}
	}
	switch name := a.resource.Name; a.resource.Type {
	case metadata.TopicResource:
		return checkTopicConfigs(name, a.after())
	case metadata.BrokerResource:
		return checkBrokerConfigs(name, a.after())
	case metadata.GroupResource:
		if name == "" {
			return refuse(wire.InvalidRequest, "Default group resources are not allowed.")
		}
		return invalidConfig(wire.InvalidConfig, config.ValidateGroup(a.after(), d.cluster().Lookup))
	case metadata.ClientMetricsResource:
		if name == "" {
			return refuse(wire.InvalidRequest, "Subscription name can't be empty")
		}
		bad, err := config.ValidateClientMetrics(a.after())
		if bad {
			return invalidConfig(wire.InvalidRequest, err)
		}
		return invalidConfig(wire.InvalidConfig, err)
	}
	return unknownResourceType(a.resource.Type)
}

// checkChange looks at what no table of keys says.
func (d *decision) checkChange(caller Caller, a *alteration, c configChange) *fault {
	broker := a.resource.Type == metadata.BrokerResource
	switch {
	case broker && c.key == minISRKey && d.image.ELREnabled() && a.resource.Name != "":
		return refuse(wire.InvalidConfig, "Broker-level %s cannot be altered while ELR is enabled.", minISRKey)
	case broker && c.key == minISRKey && d.image.ELREnabled() && c.value == nil:
		return refuse(wire.InvalidConfig, "Cluster-level %s cannot be removed while ELR is enabled.", minISRKey)
	case broker && c.key == cordonedDirsKey && !metadata.CordonedDirsSupported(d.image.Feature(metadata.MetadataVersion)):
		return refuse(wire.InvalidConfig, "The %s configuration value cannot be set because it requires metadata.version >= 4.3-IV0", cordonedDirsKey)
	case broker && c.key == cordonedDirsKey && caller.Broker == NoBroker && !narrower(a.old[c.key], c.value):
		return refuse(wire.InvalidConfig, "When updating %s via controllers,  the new value must be a subset of the current configuration value.", cordonedDirsKey)
	case broker && c.key == durabilityKey && a.resource.Name != "":
		return refuse(wire.InvalidConfig, "%s holds for the whole cluster: change it with --entity-default, not for one broker.", durabilityKey)
	case broker && c.key == durabilityKey && c.value == nil:
		return refuse(wire.InvalidConfig, "%s cannot be removed: set it to os or fsync.", durabilityKey)
	case c.value != nil && len(*c.value) > math.MaxInt16:
		return refuse(wire.InvalidConfig, "The configuration value cannot be added because it exceeds the maximum value size of %d bytes.", math.MaxInt16)
	}
	return nil
}

// narrower tells whether the new list has only what the old one had. A controller
// knows directories by their ids and cannot check new paths.
func narrower(old string, value *string) bool {
	if value == nil {
		return true
	}
	had := config.SplitList(old)
	return !slices.ContainsFunc(config.SplitList(*value), func(dir string) bool { return !slices.Contains(had, dir) })
}

func checkTopicConfigs(name string, configs map[string]string) *fault {
	if name == "" {
		return refuse(wire.InvalidRequest, "Default topic resources are not allowed.")
	}
	if why := metadata.TopicNameFault(name); why != "" {
		return refuse(wire.InvalidTopicException, "%s", why)
	}
	return invalidConfig(wire.InvalidConfig, config.ValidateTopic(configs))
}

func checkBrokerConfigs(name string, configs map[string]string) *fault {
	if name != "" {
		id, err := strconv.ParseInt(name, 10, 32)
		if err != nil {
			return refuse(wire.InvalidRequest, "Unable to parse broker name as a base 10 number.")
		}
		if id < 0 {
			return refuse(wire.InvalidRequest, "Invalid negative broker ID.")
		}
	}
	// Kafka's code for these is not INVALID_CONFIG (KAFKA-13609).
	return invalidConfig(wire.InvalidRequest, config.ValidateBroker(configs, name != ""))
}

func invalidConfig(code wire.ErrorCode, err error) *fault {
	if err == nil {
		return nil
	}
	return refuse(code, "%s", err.Error())
}

func unknownResourceType(resourceType int8) *fault {
	return refuse(wire.InvalidRequest, "Unknown resource type %d", resourceType)
}

// exists says that a resource is not there, if it is one that must be.
func (d *decision) exists(resource metadata.Resource) *fault {
	switch {
	case resource.Type == metadata.TopicResource && d.image.TopicByName(resource.Name) == nil:
		return refuse(wire.UnknownTopicOrPartition, "The topic '%s' does not exist.", resource.Name)
	case resource.Type == metadata.BrokerResource && resource.Name != "":
		id, err := strconv.ParseInt(resource.Name, 10, 32)
		if err != nil {
			return refuse(wire.InvalidRequest, "Invalid broker name %s", resource.Name)
		}
		if d.image.Broker(int32(id)) == nil && d.image.Controller(int32(id)) == nil && int32(id) != d.NodeID {
			return refuse(wire.BrokerIdNotRegistered, "No node with id %d found.", id)
		}
	}
	return nil
}

// checkBrokerName wants a broker's configs to be changed through that broker, which
// is where their values mean something.
func checkBrokerName(caller Caller, name string) *fault {
	if caller.Broker == NoBroker || name == "" {
		return nil
	}
	id, err := strconv.ParseInt(name, 10, 32)
	if err != nil {
		return refuse(wire.InvalidRequest, "Node id must be an integer, but it is: %s", name)
	}
	if int32(id) != caller.Broker {
		return refuse(wire.InvalidRequest, "Unexpected broker id, expected %d, but received %s", caller.Broker, name)
	}
	return nil
}

// checkKeys refuses keys that come twice and values that are missing.
func checkKeys(keys []string, null []string) *fault {
	sorted := slices.Sorted(slices.Values(keys))
	if len(slices.Compact(sorted)) != len(keys) {
		return refuse(wire.InvalidRequest, "Error due to duplicate config keys")
	}
	if len(null) > 0 {
		return refuse(wire.InvalidRequest, "Null value not supported for : %s", strings.Join(null, ", "))
	}
	return nil
}

package cli

import (
	"net"
	"slices"
	"strconv"
	"strings"
)

// configsRequest is what a checked command line of kafka-configs asks for.
type configsRequest struct {
	types, names []string
}

// check finds the mistakes that the original finds, in its order.
func (o *configsOptions) check(env *Env, args []string) (*configsRequest, error) {
	if err := o.parser.helpOrVersion(env, args, o.set,
		"This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip, client-metrics or group"); err != nil {
		return nil, err
	}
	if countGiven(o.set, o.alter, o.describe) != 1 {
		return nil, usage("Command must include exactly one action: --describe, --alter")
	}
	err := firstError(
		refuseOptions(o.set, o.alter, o.describe),
		refuseOptions(o.set, o.describe, o.alter, o.add, o.remove),
		o.checkTypes())
	if err != nil {
		return nil, err
	}
	names, err := o.givenNames()
	if err != nil {
		return nil, err
	}
	r := &configsRequest{o.givenTypes(), names}
	if o.set.has(o.bootstrap) && o.set.has(o.controller) {
		return nil, illegalArgument("Only one of --bootstrap-server or --bootstrap-controller can be specified")
	}
	if err := o.checkNames(r); err != nil {
		return nil, err
	}
	if o.set.has(o.describe) {
		return r, o.checkDescribe(r)
	}
	return r, o.checkAlter(r)
}

func (o *configsOptions) checkTypes() error {
	types := o.givenTypes()
	var twice []string
	for i, t := range types {
		if slices.Contains(types[:i], t) {
			twice = append(twice, t)
		}
	}
	switch {
	case len(twice) > 0:
		return illegalArgument("Duplicate entity type(s) specified: " + strings.Join(twice, ","))
	case !o.set.has(o.bootstrap) && !o.set.has(o.controller):
		return illegalArgument("Either --bootstrap-server or --bootstrap-controller must be specified.")
	}
	for _, t := range types {
		if !slices.Contains(entityTypes(), t) {
			return illegalArgument("Invalid entity type " + t + ", the entity type must be one of " + strings.Join(entityTypes(), ", ") +
				" with a --bootstrap-server or --bootstrap-controller argument")
		}
	}
	usersAndClients := len(types) == 2 && slices.Contains(types, entityUsers) && slices.Contains(types, entityClients)
	switch {
	case len(types) == 0:
		return illegalArgument("At least one entity type must be specified")
	case len(types) > 1 && !usersAndClients:
		return illegalArgument("Only 'users' and 'clients' entity types may be specified together")
	case countGiven(o.set, o.entityName, o.entityType, o.entityDefault) > 0 && o.hasShortcut():
		return illegalArgument("--entity-{type,name,default} should not be used in conjunction with specific entity flags")
	}
	return nil
}

func (o *configsOptions) hasShortcut() bool {
	return slices.ContainsFunc(slices.Concat(o.shortcuts, o.defaults), func(f entityFlag) bool { return o.set.has(f.option) })
}

// checkNames checks the names that must have a form of their own.
func (o *configsOptions) checkNames(r *configsRequest) error {
	for _, name := range r.names {
		switch t := r.types[0]; {
		case name == "":
		case t == entityBrokers || t == entityLoggers:
			if _, err := strconv.ParseInt(name, 10, 32); err != nil {
				return illegalArgument("The entity name for " + t + " must be a valid integer broker id, but it is: " + name)
			}
		case t == entityIPs:
			if _, err := net.LookupHost(name); err != nil {
				return illegalArgument("The entity name for " + t + " must be a valid IP or resolvable host, but it is: " + name)
			}
		}
	}
	return nil
}

// hasDefault tells the types that have a default entity.
func hasDefault(types []string) bool {
	return slices.ContainsFunc(types, func(t string) bool {
		return t == entityUsers || t == entityClients || t == entityBrokers || t == entityIPs
	})
}

func (o *configsOptions) checkDescribe(r *configsRequest) error {
	types := strings.Join(r.types, ",")
	if o.set.has(o.entityDefault) && !hasDefault(r.types) {
		return illegalArgument("--entity-default must not be specified with --describe of " + types)
	}
	if slices.Contains(r.types, entityLoggers) && !r.hasName() {
		return illegalArgument("An entity name must be specified with --describe of " + types)
	}
	return nil
}

func (r *configsRequest) hasName() bool {
	return slices.ContainsFunc(r.names, func(name string) bool { return name != "" })
}

func (o *configsOptions) checkAlter(r *configsRequest) error {
	switch {
	case hasDefault(r.types) && len(r.names) == 0:
		return illegalArgument("An entity-name or default entity must be specified with --alter of users, clients, brokers or ips")
	case !hasDefault(r.types) && !r.hasName():
		return illegalArgument("An entity name must be specified with --alter of " + strings.Join(r.types, ","))
	case o.set.has(o.add) && o.set.has(o.addFile):
		return illegalArgument("Only one of --add-config or --add-config-file must be specified")
	case countGiven(o.set, o.add, o.addFile, o.remove) == 0:
		return illegalArgument("At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter")
	}
	return nil
}

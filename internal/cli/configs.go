package cli

import (
	"errors"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// runConfigs is kafka-configs: it shows and changes the dynamic configuration
// of topics, brokers, groups and the like, quotas, and SCRAM credentials.
func runConfigs(env *Env, args []string) int {
	o := newConfigsOptions()
	var err error
	if o.set, err = o.parser.parse(args); err != nil {
		env.errln(err.Error())
		return 1
	}
	request, err := o.check(env, args)
	if err == nil {
		err = o.run(env, request)
	}
	if err == nil {
		return 0
	}
	var exit *exitError
	var u *usageError
	if errors.As(err, &exit) || errors.As(err, &u) {
		return o.parser.stop(env, err)
	}
	if !plainMessage(err) {
		env.errln("Error while executing config command with args '" + strings.Join(args, " ") + "'")
		env.errln(exceptionLine(err))
		return 1
	}
	env.errln(err.Error())
	return 1
}

// plainMessage tells the failures of which the original prints the message
// only. A failure that a broker reported is wrapped and is none of them.
func plainMessage(err error) bool {
	var o *optionError
	if errors.As(err, &o) {
		return true
	}
	switch exceptionClass(err) {
	case "java.lang.IllegalArgumentException",
		errorsPackage + "UnsupportedVersionException",
		errorsPackage + "InvalidConfigurationException",
		errorsPackage + "InvalidTopicException":
		return true
	}
	return false
}

// configsTool is one run of kafka-configs.
type configsTool struct {
	*configsOptions
	*configsRequest
	env    *Env
	admin  *admin       // of the brokers, else of the first controller
	quorum *controllers // with --bootstrap-controller
}

func (o *configsOptions) run(env *Env, request *configsRequest) error {
	props, err := fileProps(o.set, o.commandConfig)
	if err != nil {
		return err
	}
	t := &configsTool{configsOptions: o, configsRequest: request, env: env}
	if err := t.open(props); err != nil {
		return err
	}
	defer t.Close()
	if o.set.has(o.describe) {
		return t.describeEntities()
	}
	if len(t.types) != len(t.names) {
		return illegalArgument("An entity name must be specified for every entity type")
	}
	return t.alterEntity()
}

func (t *configsTool) open(props clientProps) error {
	if t.set.has(t.controller) {
		address, err := t.set.value(t.controller)
		if err != nil {
			return err
		}
		if t.quorum, err = openControllers(t.env, props, address); err != nil {
			return err
		}
		t.admin = t.quorum.first
		return nil
	}
	address, err := t.set.value(t.bootstrap)
	if err != nil {
		return err
	}
	t.admin, err = newAdmin(t.env, props, address)
	return err
}

func (t *configsTool) Close() {
	if t.quorum != nil {
		t.quorum.Close()
	} else {
		t.admin.Close()
	}
}

// forBrokersOnly refuses a call that controllers do not answer.
func (t *configsTool) forBrokersOnly() error {
	if t.quorum == nil {
		return nil
	}
	return &exception{class: errorsPackage + "UnsupportedEndpointTypeException", code: wire.UnsupportedEndpointType,
		text: "This Admin API is not yet supported when communicating directly with the controller quorum."}
}

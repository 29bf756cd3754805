package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// runFeatures is kafka-features.
func runFeatures(env *Env, args []string) int {
	p := newFeatureArgs()
	given, err := p.parse(args)
	var help *helpWanted
	var wrong *argError
	switch {
	case errors.As(err, &help):
		help.parser.printHelp(env.Stdout)
		return 0
	case errors.As(err, &wrong):
		env.errf("Command line error: %s. Type --help for help.", wrong.text)
		return 1
	}
	if err := (&featureTool{env: env, args: p, given: given}).run(); err != nil {
		if errors.As(err, &wrong) {
			env.errf("Command line error: %s. Type --help for help.", wrong.text)
			return 1
		}
		env.errln(err.Error())
		return 1
	}
	return 0
}

// featureTool is one run of kafka-features.
type featureTool struct {
	env    *Env
	args   *featureArgs
	given  *argResult
	admin  *admin // the node that is asked
	quorum *controllers
}

func (t *featureTool) run() error {
	if err := t.open(); err != nil {
		return err
	}
	defer t.Close()
	switch t.given.parser {
	case t.args.describe:
		return t.describe()
	case t.args.upgrade:
		return t.change("upgrade", upgradeFeature)
	case t.args.downgrade:
		return t.change("downgrade", t.downgradeType())
	case t.args.disable:
		return t.disable()
	case t.args.mapping:
		return printVersionMapping(t.env, last(t.given.given(t.args.release)))
	}
	return t.dependencies()
}

func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// open makes the client, which connects when it is used, except to controllers.
func (t *featureTool) open() error {
	props := clientProps{}
	if t.given.has(t.args.config) {
		var err error
		if props, err = loadProps(t.given.value(t.args.config)); err != nil {
			return err
		}
	}
	asks := t.given.parser != t.args.mapping && t.given.parser != t.args.dependencies
	switch {
	case !t.given.has(t.args.server) && !t.given.has(t.args.controller):
		return t.args.wrong("You must specify either --bootstrap-controller or --bootstrap-server.")
	case t.given.has(t.args.server) && t.given.has(t.args.controller):
		return t.args.wrong("You cannot specify both --bootstrap-controller and --bootstrap-server.")
	case !asks:
		return nil
	case t.given.has(t.args.server):
		var err error
		t.admin, err = newAdmin(t.env, props, t.given.value(t.args.server))
		return err
	}
	var err error
	if t.quorum, err = openControllers(t.env, props, t.given.value(t.args.controller)); err != nil {
		return err
	}
	t.admin, err = t.quorum.active()
	return err
}

func (t *featureTool) Close() {
	if t.quorum != nil {
		t.quorum.Close()
	} else if t.admin != nil {
		t.admin.Close()
	}
}

// describe asks one node, any where none is named.
func (t *featureTool) describe() error {
	a := t.admin
	if t.given.has(t.args.nodeID) {
		id := t.given.number(t.args.nodeID)
		if id < 0 {
			return terse(fmt.Sprintf("Invalid node id %d: must be non-negative.", id))
		}
		var err error
		if a, err = t.node(int32(id)); err != nil {
			return err
		}
	}
	resp, err := a.apiVersions()
	if err != nil {
		return executionFailed(err)
	}
	final := map[string]int16{}
	for _, f := range resp.FinalizedFeatures {
		final[f.Name] = f.MaxVersionLevel
	}
	epoch := "-"
	if resp.FinalizedFeaturesEpoch >= 0 {
		epoch = fmt.Sprint(resp.FinalizedFeaturesEpoch)
	}
	slices.SortFunc(resp.SupportedFeatures, func(a, b kmsg.ApiVersionsResponseSupportedFeature) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range resp.SupportedFeatures {
		t.env.outf("Feature: %-40s  SupportedMinVersion: %-15s  SupportedMaxVersion: %-15s  FinalizedVersionLevel: %-15s  Epoch: %s\n",
			f.Name, levelText(f.Name, f.MinVersion), levelText(f.Name, f.MaxVersion), levelText(f.Name, final[f.Name]), epoch)
	}
	return nil
}

func (t *featureTool) node(id int32) (*admin, error) {
	if t.quorum != nil {
		return t.quorum.node(id)
	}
	// Metadata tells the client library where the node is.
	if _, err := t.admin.metadata("describeFeatures", []string{}); err != nil {
		return nil, executionFailed(err)
	}
	return t.admin.asks(t.admin.Broker(int(id))), nil
}

// asks is the same client, all of whose calls go to one node.
func (a *admin) asks(node *kgo.Broker) *admin {
	return &admin{kafkaClient: a.kafkaClient, timeout: a.timeout, only: node}
}

// apiVersions asks the node itself; the library would keep back an answer that
// it had asked for on its own.
func (a *admin) apiVersions() (*kmsg.ApiVersionsResponse, error) {
	req := kmsg.NewPtrApiVersionsRequest()
	req.ClientSoftwareName, req.ClientSoftwareVersion = "brolga", Version
	var resp *kmsg.ApiVersionsResponse
	err := a.attempt("describeFeatures", func(ctx context.Context) error {
		r, err := a.ask(ctx, req)
		if err == nil {
			resp = r.(*kmsg.ApiVersionsResponse)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, brokerError(resp.ErrorCode, nil)
}

func levelText(name string, level int16) string {
	if name != "metadata.version" {
		return fmt.Sprint(level)
	}
	if release := releaseOf(level); release != "" {
		return release
	}
	return fmt.Sprintf("UNKNOWN %d", level)
}

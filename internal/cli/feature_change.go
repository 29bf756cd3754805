package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// The codes of how a level may change in an UpdateFeatures request (KIP-584).
const (
	upgradeFeature         int8 = 1
	downgradeFeature       int8 = 2
	downgradeFeatureUnsafe int8 = 3
)

func (t *featureTool) downgradeType() int8 {
	if len(t.given.given(t.args.unsafe)) > 0 {
		return downgradeFeatureUnsafe
	}
	return downgradeFeature
}

// change is upgrade and downgrade.
func (t *featureTool) change(verb string, kind int8) error {
	metadata, release := last(t.given.given(t.args.metadata)), last(t.given.given(t.args.release))
	wanted := t.given.given(t.args.feature)
	levels := map[string]int16{}
	if release != "" {
		if metadata != "" || len(wanted) > 0 {
			return terse("Can not specify `release-version` with other feature flags.")
		}
		level, err := parseRelease(release, true)
		if err != nil {
			return err
		}
		levels["metadata.version"] = level
		for _, f := range features() {
			if at := f.defaultAt(level); kind != upgradeFeature || at > 0 {
				levels[f.name] = at
			}
		}
	}
	if metadata != "" {
		t.env.outln(" `metadata` flag is deprecated and may be removed in a future release.")
		level, err := parseRelease(metadata, true)
		if err != nil {
			return err
		}
		levels["metadata.version"] = level
	}
	for _, text := range wanted {
		name, level, err := featureLevel(text)
		if err != nil {
			return err
		}
		if _, twice := levels[name]; twice {
			return fmt.Errorf("Feature %s was specified more than once.", name)
		}
		levels[name] = level
	}
	return t.update(verb, kind, levels)
}

func (t *featureTool) disable() error {
	levels := map[string]int16{}
	for _, name := range t.given.given(t.args.feature) {
		if _, twice := levels[name]; twice {
			return fmt.Errorf("Feature %s was specified more than once.", name)
		}
		levels[name] = 0
	}
	return t.update("disable", t.downgradeType(), levels)
}

// featureLevel reads "name=level".
func featureLevel(text string) (string, int16, error) {
	name, number, ok := strings.Cut(text, "=")
	if !ok {
		return "", 0, fmt.Errorf("Can't parse feature=level string %s: equals sign not found.", text)
	}
	name, number = strings.TrimSpace(name), strings.TrimSpace(number)
	level, err := strconv.ParseInt(number, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("Can't parse feature=level string %s: unable to parse %s as a short.", text, number)
	}
	return name, int16(level), nil
}

func (t *featureTool) update(verb string, kind int8, levels map[string]int16) error {
	if len(levels) == 0 {
		return terse("You must specify at least one feature to " + verb)
	}
	dryRun := len(t.given.given(t.args.dryRun)) > 0
	errs, err := t.admin.updateFeatures(kind, levels, dryRun)
	if err != nil {
		return executionFailed(err)
	}
	failed := 0
	for _, name := range slices.Sorted(maps.Keys(levels)) {
		could, done := "Could not ", " was "
		if dryRun {
			could, done = "Can not ", " can be "
		}
		what, past := fmt.Sprintf("%s %s to %d", verb, name, levels[name]), fmt.Sprintf("%sd to %d.", verb, levels[name])
		if verb == "disable" {
			what, past = "disable "+name, "disabled."
		}
		if err := errs[name]; err != nil {
			t.env.outln(could + what + ". " + err.Error())
			failed++
		} else {
			t.env.outln(name + done + past)
		}
	}
	if failed > 0 {
		return terse(fmt.Sprintf("%d out of %d operation(s) failed.", failed, len(levels)))
	}
	return nil
}

// updateFeatures returns the error of each feature. Since KIP-1022 the broker
// does all or nothing, and one error stands for all.
func (a *admin) updateFeatures(kind int8, levels map[string]int16, dryRun bool) (map[string]error, error) {
	req := kmsg.NewPtrUpdateFeaturesRequest()
	req.TimeoutMillis, req.ValidateOnly = int32(a.timeout.Milliseconds()), dryRun
	for _, name := range slices.Sorted(maps.Keys(levels)) {
		u := kmsg.NewUpdateFeaturesRequestFeatureUpdate()
		u.Feature, u.MaxVersionLevel, u.UpgradeType = name, levels[name], kind
		u.AllowDowngrade = kind != upgradeFeature
		req.FeatureUpdates = append(req.FeatureUpdates, u)
	}
	resp, err := call[*kmsg.UpdateFeaturesResponse](a, "updateFeatures", req)
	if err != nil {
		return nil, err
	}
	errs := map[string]error{}
	if err := brokerError(resp.ErrorCode, resp.ErrorMessage); err != nil {
		for name := range levels {
			errs[name] = err
		}
	}
	for _, r := range resp.Results {
		errs[r.Feature] = brokerError(r.ErrorCode, r.ErrorMessage)
	}
	return errs, nil
}

// dependencies is feature-dependencies.
func (t *featureTool) dependencies() error {
	for _, text := range t.given.given(t.args.required) {
		name, level, err := featureLevel(text)
		if err != nil {
			return err
		}
		if f, known := findFeature(name); known && (level < 0 || level > f.max) {
			return errors.New("No feature:" + name + " with feature level " + strconv.Itoa(int(level)))
		}
		if err := printDependencies(t.env, []string{name + "=" + strconv.Itoa(int(level))}); err != nil {
			return err
		}
	}
	return nil
}

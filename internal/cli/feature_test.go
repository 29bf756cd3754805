package cli

import (
	"strings"
	"testing"
)

func TestFeatureLevel(t *testing.T) {
	for text, want := range map[string]string{
		"group.version=1":      "",
		" group.version = -1 ": "",
		"group.version":        "Can't parse feature=level string group.version: equals sign not found.",
		"group.version=x":      "Can't parse feature=level string group.version=x: unable to parse x as a short.",
		"group.version=40000":  "Can't parse feature=level string group.version=40000: unable to parse 40000 as a short.",
		"group.version=1=2":    "Can't parse feature=level string group.version=1=2: unable to parse 1=2 as a short.",
	} {
		name, _, err := featureLevel(text)
		if want == "" && (err != nil || name != "group.version") || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%q: %q, %v", text, name, err)
		}
	}
}

func TestLevelText(t *testing.T) {
	for level, want := range map[int16]string{7: "3.3-IV3", latestMetadataLevel: "4.4-IV2", 99: "UNKNOWN 99"} {
		if got := levelText("metadata.version", level); got != want {
			t.Errorf("%d is %s, want %s", level, got, want)
		}
	}
	if got := levelText("group.version", 7); got != "7" {
		t.Errorf("a feature without releases: %s", got)
	}
}

// A release sets every feature that has a level in it; a downgrade also those
// that go to 0. The stand-in has the highest levels from the start.
func TestFeaturesOfRelease(t *testing.T) {
	addr := startStandIn(t)
	for command, want := range map[string]string{
		"upgrade --release-version 3.9-IV0 --dry-run": "Can not upgrade kraft.version to 1. downgrade not allowed\nCan not upgrade metadata.version to 21. downgrade not allowed\n",
		"downgrade --release-version 3.8-IV0 --dry-run": "eligible.leader.replicas.version can be downgraded to 0.\ngroup.version can be downgraded to 0.\n" +
			"kraft.version can be downgraded to 0.\nmetadata.version can be downgraded to 20.\nshare.version can be downgraded to 0.\n" +
			"streams.version can be downgraded to 0.\ntransaction.version can be downgraded to 0.\n",
	} {
		env, stdout, stderr := testEnv("")
		code := runFeatures(env, append([]string{"--bootstrap-server", addr}, strings.Fields(command)...))
		if wantCode := strings.Count(want, "\nCan not"); code != wantCode || stdout.String() != want {
			t.Errorf("%s: exit %d\n%s%s", command, code, stdout, stderr)
		}
	}
}

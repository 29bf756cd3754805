package console

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// versionGuess is the release that the brokers' APIs look like; "" until known.
func (k *cluster) versionGuess() string {
	if k.Version != "" {
		return k.Version
	}
	if v := k.version.Load(); v != nil {
		return *v
	}
	return ""
}

// learnVersions asks until it is known.
func (k *cluster) learnVersions(ctx context.Context) {
	const pause = 2 * time.Second
	for k.version.Load() == nil {
		if k.meta.newest.Load() != nil {
			k.learnVersion(ctx)
		}
		if rest(ctx, pause) != nil {
			return
		}
	}
}

// learnDeletion asks a broker whether topics can be deleted at all.
func (k *cluster) learnDeletion(ctx context.Context, broker int32) {
	const key = "delete.topic.enable"
	id := strconv.Itoa(int(broker))
	all, err := k.describeConfigs(ctx, kmsg.ConfigResourceTypeBroker, []string{id}, []string{key})
	if err != nil {
		return // without the right to know, the page offers it
	}
	for _, c := range all[id] {
		if c.Name == key && c.Value != nil {
			k.noDeletion.Store(*c.Value == "false")
		}
	}
}

// learnVersion asks for the APIs once, when the cluster answers.
func (k *cluster) learnVersion(ctx context.Context) {
	const patience = 3 * time.Second
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	brokers, err := k.admin.ApiVersions(asking)
	if err != nil {
		k.log.Debug("The version of the cluster is not known", "err", err)
		return
	}
	for _, b := range brokers {
		if b.Err != nil {
			continue
		}
		k.learnDeletion(asking, b.NodeID)
		guess := b.VersionGuess(kversion.SkipKeys())
		if strings.Contains(guess, "unknown") {
			guess = ""
		}
		k.version.Store(&guess)
		return
	}
}

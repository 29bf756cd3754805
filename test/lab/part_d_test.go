package lab

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// bookmarks is part D: a group remembers where it was.
func bookmarks(d *desk) {
	idle := d.run("", "kafka-consumer-groups", "--describe", "--group", "Pizza")
	d.expect("idle group", idle.Stdout+idle.Stderr, `^Consumer group 'Pizza' has no active members\.$`)
	d.expect("idle group", idle.Stdout, `^GROUP +TOPIC +PARTITION +CURRENT-OFFSET +LOG-END-OFFSET +LAG +CONSUMER-ID +HOST +CLIENT-ID *$`)
	d.expect("idle group", idle.Stdout, `^Pizza +mailbox +0 +150 +\d+ +\d+ +- +- +- *$`)
	d.run("", "kafka-consumer-groups", "--describe", "--group", "nobody")

	live := d.start("kafka-console-consumer", "--topic", "menu", "--group", "Margherita")
	settle(d, "Margherita")
	probe(d, live, "menu")
	settle(d, "Margherita")
	busy := d.tools.Run(d, "", "kafka-consumer-groups", "--describe", "--group", "Margherita", "--bootstrap-server", d.broker.Address)
	d.expect("live group", busy.Stdout, `^Margherita +menu +0 +\S+ +\d+ +\S+ +console-consumer-[0-9a-f-]{36} +/127\.0\.0\.1 +console-consumer *$`)
	d.run("", "kafka-consumer-groups", "--describe", "--group", "Margherita", "--members", "--verbose")
	d.run("", "kafka-consumer-groups", "--describe", "--group", "Margherita", "--state")
	d.unordered = true
	d.run("", "kafka-consumer-groups", "--list")
	d.run("", "kafka-consumer-groups", "--list", "--state")
	d.unordered = false
	refused := d.run("", "kafka-consumer-groups", "--delete", "--group", "Margherita")
	d.expect("a live group stays", refused.Stdout+refused.Stderr, `not empty`)
	interrupt(d, live, -1)

	// While nobody reads, the lag grows; the group reads it first when it is back.
	missed := []string{"missed one", "missed two", "missed three"}
	peer.Send(d, peer.Franz{}, d.broker.Address, peer.To("menu"), peer.Lines(missed...))
	lag := d.tools.Run(d, "", "kafka-consumer-groups", "--describe", "--group", "Margherita", "--bootstrap-server", d.broker.Address)
	d.expect("lag", lag.Stdout, `^Margherita +menu +0 +\d+ +\d+ +3 +- +- +- *$`)
	back := d.start("kafka-console-consumer", "--topic", "menu", "--group", "Margherita")
	back.Stdout.Until(d, limit, "missed lines", func(s string) bool { return s == strings.Join(missed, "\n")+"\n" })
	interrupt(d, back, len(missed))
	after := d.tools.Run(d, "", "kafka-consumer-groups", "--describe", "--group", "Margherita", "--bootstrap-server", d.broker.Address)
	d.expect("lag after", after.Stdout, `^Margherita +menu +0 +\d+ +\d+ +0 +- +- +- *$`)

	// A new group starts at the end.
	donuts := d.start("kafka-console-consumer", "--topic", "menu", "--group", "Donuts")
	probe(d, donuts, "menu")
	if strings.Contains(donuts.Stdout.String(), "missed") {
		d.Error("a new group was shown what was there before")
	}
	interrupt(d, donuts, -1)
}

// settle waits until a group is at rest with one member.
func settle(d *desk, group string) {
	d.Helper()
	admin := peer.Admin(d, d.broker.Address)
	peer.Eventually(d, limit, func() error {
		groups, err := admin.DescribeGroups(d.Context(), group)
		if err != nil {
			return err
		}
		if g := groups[group]; g.State != "Stable" || len(g.Members) != 1 {
			return errors.New("the group is " + g.State)
		}
		return nil
	})
}

// resets moves group Pizza, which nobody is in, about. Every form and mistake is
// in the golden files of internal/cli.
func resets(d *desk) {
	for i := range 5 {
		peer.Send(d, peer.Franz{}, d.broker.Address, peer.To("dated"), []peer.Record{{Timestamp: 1_600_000_000_000 + int64(i)*86_400_000, Value: fmt.Append(nil, "day ", i)}})
	}
	d.run("", "kafka-console-consumer", "--topic", "dated", "--from-beginning", "--max-messages", "1", "--group", "Pizza")
	reset := func(args ...string) {
		d.Helper()
		d.run("", "kafka-consumer-groups", append([]string{"--reset-offsets", "--group", "Pizza"}, args...)...)
	}
	reset("--to-earliest", "--topic", "dated")
	reset("--to-latest", "--topic", "dated", "--execute")
	reset("--to-offset", "2", "--topic", "dated:0", "--execute")
	reset("--shift-by", "-1", "--topic", "dated", "--execute")
	reset("--to-datetime", "2020-09-15T00:00:00.000", "--topic", "dated", "--execute")
	reset("--by-duration", "P10000D", "--topic", "dated", "--execute")
	reset("--to-current", "--topic", "dated", "--execute")
	d.unordered = true
	reset("--to-earliest", "--all-topics", "--execute")
	d.unordered = false
	plan := d.TempDir() + "/plan.csv"
	exported := d.tools.Run(d, "", "kafka-consumer-groups", "--reset-offsets", "--group", "Pizza", "--to-offset", "3", "--topic", "dated", "--export", "--bootstrap-server", d.broker.Address)
	fromFile(d, plan, exported.Stdout)
	d.run("", "kafka-consumer-groups", "--delete-offsets", "--group", "Pizza", "--topic", "dated")
	d.run("", "kafka-consumer-groups", "--delete", "--group", "Pizza")
	d.run("", "kafka-consumer-groups", "--delete", "--group", "Pizza")
	d.run("", "kafka-get-offsets", "--topic", "dated")
	d.run("", "kafka-topics", "--delete", "--topic", "dated")
}

// fromFile applies an exported plan.
func fromFile(d *desk, path, plan string) {
	d.Helper()
	if err := os.WriteFile(path, []byte(plan), 0o600); err != nil {
		d.Fatal(err)
	}
	r := d.tools.Run(d, "", "kafka-consumer-groups", "--reset-offsets", "--group", "Pizza", "--from-file", path, "--execute", "--bootstrap-server", d.broker.Address)
	d.note("kafka-consumer-groups --reset-offsets --from-file", fmt.Sprintf("%s%sexit %d\n", r.Stdout, r.Stderr, r.Code))
	d.expect("from a file", r.Stdout, `^Pizza +dated +0 +3 *$`)
}

package compat

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// registry is a running SchemaStore and what it must hold.
type registry struct {
	*peer.Process
	schemas map[string]string // key → value, as stored
	dumps   int
}

func openRegistry(t *testing.T, b *peer.Broker, schemas map[string]string) *registry {
	t.Helper()
	r := &registry{Process: peer.SchemaStore(t, b.Address, "_schemas"), schemas: schemas}
	r.Stdout.Until(t, 40*time.Second, "readiness", func(text string) bool { return strings.HasPrefix(text, "ready\n") })
	return r
}

func schemaKey(subject string, version int) string {
	return fmt.Sprintf(`{"keytype":"SCHEMA","subject":"%s","version":%d,"magic":1}`, subject, version)
}

func (r *registry) put(subject string, version int, schema string) {
	fmt.Fprintf(r.Stdin, "put %s %d %s\n", subject, version, schema)
	r.schemas[schemaKey(subject, version)] = fmt.Sprintf(`{"subject":"%s","version":%d,"id":1,"schema":"%s","deleted":false}`, subject, version, schema)
}

func (r *registry) delete(subject string, version int) {
	fmt.Fprintf(r.Stdin, "delete %s %d\n", subject, version)
	delete(r.schemas, schemaKey(subject, version))
}

// check compares what the store has in memory.
func (r *registry) check(t *testing.T) {
	t.Helper()
	r.dumps++
	fmt.Fprintln(r.Stdin, "dump")
	r.Stdout.Until(t, 40*time.Second, "dump", func(text string) bool { return strings.Count(text, "\nend ") == r.dumps })
	text := r.Stdout.String()
	if r.dumps > 1 {
		text = text[strings.LastIndex(text[:strings.LastIndex(text, "\nend ")], "\nend ")+1:]
	}
	got := map[string]string{}
	for line := range strings.Lines(text) {
		if f := strings.SplitN(strings.TrimSpace(line), " ", 3); f[0] == "schema" {
			got[f[1]] = f[2]
		}
	}
	if !maps.Equal(got, r.schemas) {
		t.Fatalf("the store holds %v, want %v", got, r.schemas)
	}
}

func (r *registry) close(t *testing.T) {
	t.Helper()
	r.Stdin.Close()
	if code := r.Wait(t, 20*time.Second); code != 0 {
		t.Fatalf("the store ended with %d: %s", code, r.Stderr)
	}
}

// A Schema Registry's storage: written by one, read back by all, compacted to
// the newest record of each key, and read to its end after every restart.
func TestSchemaStore(t *testing.T) {
	b := peer.Start(t, "log.roll.ms=300", "log.cleaner.backoff.ms=100", "log.cleaner.min.cleanable.ratio=0.001", "log.cleaner.delete.retention.ms=100")
	r := openRegistry(t, b, map[string]string{})
	for i := range 50 {
		r.put("birds", 1, fmt.Sprint("edition ", i))
		r.put(fmt.Sprint("subject-", i%5), 1, fmt.Sprint("edition ", i))
	}
	r.put("gone", 1, "short lived")
	r.delete("gone", 1)
	r.check(t)
	other := openRegistry(t, b, maps.Clone(r.schemas)) // reads what another wrote
	other.check(t)
	other.close(t)

	compacted(t, b, r)
	r.check(t)
	r.close(t)

	for _, end := range []func(){b.Kill, func() { b.Stop(t) }} {
		end()
		b.Restart(t)
		r = openRegistry(t, b, r.schemas)
		r.check(t)
		r.put("birds", 2, "written later")
		r.delete("subject-4", 1)
		r.check(t)
		r.close(t)
	}
}

// compacted waits until what was written so far holds the newest record of each
// key and nothing else. Later writes let the segments before them be cleaned.
func compacted(t *testing.T, b *peer.Broker, r *registry) {
	t.Helper()
	ends, err := peer.Admin(t, b.Address).ListEndOffsets(t.Context(), "_schemas")
	if err != nil {
		t.Fatal(err)
	}
	soFar, _ := ends.Lookup("_schemas", 0)
	peer.Eventually(t, 60*time.Second, func() error {
		r.put("clock", 1, fmt.Sprint(time.Now().UnixNano()))
		r.check(t)
		newest, times := map[string]string{}, map[string]int{}
		for _, record := range peer.Held(t, b.Address, "_schemas") {
			newest[string(record.Key)] = string(record.Value)
			if record.Offset < soFar.Offset {
				times[string(record.Key)]++
			}
		}
		for key, value := range r.schemas {
			if newest[key] != value {
				t.Fatalf("the newest record of %s is %q, want %q", key, newest[key], value)
			}
		}
		for key, n := range times {
			if n > 1 || key == schemaKey("gone", 1) {
				return fmt.Errorf("%d records of %s", n, key)
			}
		}
		return nil
	})
}

// The registry elects its writer through a group of its own protocol type, whose
// blobs are JSON: the broker must carry them and not look into them.
func TestSchemaRegistryElection(t *testing.T) {
	b := peer.Start(t)
	client := peer.NewFranz(t, b.Address)
	identity := []byte(`{"version":1,"host":"localhost","port":8081,"scheme":"http","master_eligibility":true}`)
	join := kmsg.NewPtrJoinGroupRequest()
	join.Group, join.ProtocolType = "schema-registry", "sr"
	join.SessionTimeoutMillis, join.RebalanceTimeoutMillis = 10_000, 300_000
	join.Protocols = []kmsg.JoinGroupRequestProtocol{{Name: "v0", Metadata: identity}}
	joined, err := join.RequestWith(t.Context(), client)
	if err == nil && joined.ErrorCode == memberIDRequired {
		join.MemberID = joined.MemberID
		joined, err = join.RequestWith(t.Context(), client)
	}
	if err != nil || joined.ErrorCode != 0 {
		t.Fatalf("join: %v, code %d", err, joined.ErrorCode)
	}
	if len(joined.Members) != 1 || string(joined.Members[0].ProtocolMetadata) != string(identity) || joined.LeaderID != joined.MemberID {
		t.Errorf("the leader is told %+v", joined)
	}
	elected := []byte(`{"version":1,"error":0,"master":"` + joined.MemberID + `","master_identity":` + string(identity) + `}`)
	sync := kmsg.NewPtrSyncGroupRequest()
	sync.Group, sync.Generation, sync.MemberID = join.Group, joined.Generation, joined.MemberID
	sync.ProtocolType, sync.Protocol = kmsg.StringPtr("sr"), kmsg.StringPtr("v0")
	sync.GroupAssignment = []kmsg.SyncGroupRequestGroupAssignment{{MemberID: joined.MemberID, MemberAssignment: elected}}
	synced, err := sync.RequestWith(t.Context(), client)
	if err != nil || synced.ErrorCode != 0 || string(synced.MemberAssignment) != string(elected) {
		t.Errorf("sync: %v, code %d, %s", err, synced.ErrorCode, synced.MemberAssignment)
	}
	groups, err := peer.Admin(t, b.Address).DescribeGroups(t.Context(), "schema-registry")
	if err != nil {
		t.Fatal(err)
	}
	if g := groups["schema-registry"]; g.State != "Stable" || g.ProtocolType != "sr" || g.Protocol != "v0" {
		t.Errorf("the group is %+v", g)
	}
}

// memberIDRequired is what the first JoinGroup of a member is answered.
const memberIDRequired = 79

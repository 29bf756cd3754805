package node

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// Rows 83 to 88 of the list of bad inputs: metadata, configs and security.

func TestBad83MetadataForManyNames(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	n.everyVersion(wire.APIKeyMetadata, func(version int16) {
		count := 100_000
		if version == 9 {
			count = 1_000_000
		}
		req := &wire.MetadataRequest{Topics: make([]wire.MetadataRequestTopic, count)}
		for i := range req.Topics {
			name := fmt.Sprintf("%06d/", i)
			req.Topics[i].Name = &name
		}
		resp := &wire.MetadataResponse{}
		// Most of it is this test's own request and its decoded answer.
		used, cpu := cost(t, func() { ask(n, req, version, resp) })
		if perName := used / uint64(count); perName > 2048 || cpu > 20*time.Microsecond*time.Duration(count) {
			t.Errorf("version %d: %d bytes and %v for each of %d names", version, perName, cpu/time.Duration(count), count)
		}
		if len(resp.Topics) != count {
			t.Fatalf("version %d: %d topics answered", version, len(resp.Topics))
		}
		for i := range resp.Topics {
			if code := resp.Topics[i].ErrorCode; code != wire.InvalidTopicException {
				t.Fatalf("version %d: %q: %v", version, *resp.Topics[i].Name, code.Name())
			}
		}
		n.mustWork("83")
	})
}

func TestBad83AutoCreateOfHostileNames(t *testing.T) {
	n := startForBadInput(t, "auto.create.topics.enable=true")
	defer n.stop()
	n.everyVersion(wire.APIKeyMetadata, func(version int16) {
		names := hostileNames()
		req := &wire.MetadataRequest{AllowAutoTopicCreation: true}
		for i := range names {
			req.Topics = append(req.Topics, wire.MetadataRequestTopic{Name: &names[i]})
		}
		resp := ask(n, req, version, &wire.MetadataResponse{})
		for _, topic := range resp.Topics {
			if topic.ErrorCode != wire.InvalidTopicException {
				t.Errorf("version %d, %.40q: %v", version, *topic.Name, topic.ErrorCode.Name())
			}
		}
		n.mustWork("83 hostile names")
	})
	if count := n.publisher.Image().TopicCount(); count != 1 {
		t.Errorf("%d topics, want %s alone", count, worksTopic)
	}
}

// TestBad83AutoCreateIsLimited: more new topics than one request may make are not
// made, and the request is answered all the same.
func TestBad83AutoCreateIsLimited(t *testing.T) {
	n := startForBadInput(t, "auto.create.topics.enable=true")
	defer n.stop()
	req := &wire.MetadataRequest{AllowAutoTopicCreation: true}
	for i := range 20_000 {
		name := fmt.Sprint("auto", i)
		req.Topics = append(req.Topics, wire.MetadataRequestTopic{Name: &name})
	}
	resp := ask(n, req, 9, &wire.MetadataResponse{})
	if len(resp.Topics) != 20_000 {
		t.Errorf("%d topics answered", len(resp.Topics))
	}
	if count := n.publisher.Image().TopicCount(); count != 1 {
		t.Errorf("%d topics were made", count)
	}
	n.mustWork("83 too many new topics")
}

func TestBad84MetadataNamesAndIDs(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	name := worksTopic
	id := n.publisher.Image().TopicByName(name).ID
	n.everyVersion(wire.APIKeyMetadata, func(version int16) {
		if version < 10 {
			closedByNullName(n, version)
			n.mustWork("84")
			return
		}
		for what, topic := range map[string]wire.MetadataRequestTopic{
			"no name and no id": {}, "an id": {TopicId: id}, "an id and a name": {TopicId: id, Name: &name}, "an unknown id": {TopicId: wire.UUID{1}},
		} {
			want := wire.InvalidRequest
			if version >= 12 {
				switch what {
				case "an id", "an id and a name":
					want = wire.None // the id counts
				case "an unknown id":
					want = wire.UnknownTopicId
				}
			}
			resp := ask(n, &wire.MetadataRequest{Topics: []wire.MetadataRequestTopic{topic}}, version, &wire.MetadataResponse{})
			if code := resp.Topics[0].ErrorCode; code != want {
				t.Errorf("version %d, %s: %v, want %v", version, what, code.Name(), want.Name())
			}
		}
		n.mustWork("84")
	})
}

// closedByNullName sends a null name in a version where names are not nullable.
func closedByNullName(n *running, version int16) {
	n.t.Helper()
	b := wire.AppendInt16(make([]byte, 4), wire.APIKeyMetadata)
	b = wire.AppendInt32(wire.AppendInt16(b, version), 1)
	b = wire.AppendInt16(b, -1) // client id
	if version >= 9 {
		b = append(b, 0, 2, 0, 0)
	} else {
		b = wire.AppendInt16(wire.AppendInt32(b, 1), -1)
	}
	b = append(b, 1, 1, 1, 0)
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	c := n.raw()
	if _, err := c.c.Write(b); err != nil {
		n.t.Fatal(err)
	}
	c.mustBeClosed(fmt.Sprint("a null name, version ", version))
}

// TestBad85Passwords: what was given as a password is never told and never logged,
// whether it is good, refused or its key unknown.
func TestBad85Passwords(t *testing.T) {
	const secret, dynamic = "hunter2hunter2", "correct-horse"
	n := startForBadInput(t, "ssl.keystore.password="+secret, "my.own.password="+secret)
	defer n.stop()
	told := func(what string, resp *wire.DescribeConfigsResponse) {
		t.Helper()
		if code := resp.Results[0].ErrorCode; code != wire.None {
			t.Fatalf("%s: %v", what, code.Name())
		}
		found := 0
		for _, c := range resp.Results[0].Configs {
			if strings.Contains(c.Name, "password") {
				found++
				if !c.IsSensitive || c.Value != nil {
					t.Errorf("%s: %s is told: sensitive %v, value %v", what, c.Name, c.IsSensitive, c.Value)
				}
			}
			for _, s := range c.Synonyms {
				if s.Value != nil && (*s.Value == secret || *s.Value == dynamic) {
					t.Errorf("%s: %s is told as a synonym", what, c.Name)
				}
			}
		}
		if found == 0 {
			t.Errorf("%s: no password key is listed", what)
		}
	}
	describe := func(broker string) {
		n.everyVersion(wire.APIKeyDescribeConfigs, func(version int16) {
			req := &wire.DescribeConfigsRequest{IncludeSynonyms: true, IncludeDocumentation: true}
			req.Resources = []wire.DescribeConfigsRequestDescribeConfigsResource{{ResourceType: 4, ResourceName: broker}}
			told(fmt.Sprintf("broker %q, version %d", broker, version), ask(n, req, version, &wire.DescribeConfigsResponse{}))
		})
	}
	describe("1")
	value := dynamic
	for _, key := range []string{"ssl.truststore.password", "listener.name.plaintext.ssl.key.password", "no.such.password", "ssl.keystore.password"} {
		n.everyVersion(wire.APIKeyIncrementalAlterConfigs, func(version int16) {
			req := &wire.IncrementalAlterConfigsRequest{Resources: []wire.IncrementalAlterConfigsRequestAlterConfigsResource{{
				ResourceType: 4, ResourceName: "1",
				Configs: []wire.IncrementalAlterConfigsRequestAlterableConfig{{Name: key, Value: &value}},
			}}}
			resp := ask(n, req, version, &wire.IncrementalAlterConfigsResponse{})
			if m := resp.Responses[0].ErrorMessage; m != nil && strings.Contains(*m, dynamic) {
				t.Errorf("%s: the refusal repeats the value: %s", key, *m)
			}
		})
		n.everyVersion(wire.APIKeyAlterConfigs, func(version int16) {
			req := &wire.AlterConfigsRequest{ValidateOnly: true, Resources: []wire.AlterConfigsRequestAlterConfigsResource{{
				ResourceType: 4, ResourceName: "1",
				Configs: []wire.AlterConfigsRequestAlterableConfig{{Name: key, Value: &value}},
			}}}
			resp := ask(n, req, version, &wire.AlterConfigsResponse{})
			if m := resp.Responses[0].ErrorMessage; m != nil && strings.Contains(*m, dynamic) {
				t.Errorf("%s: the refusal repeats the value: %s", key, *m)
			}
		})
	}
	describe("1")
	if log := n.text.String(); strings.Contains(log, secret) || strings.Contains(log, dynamic) {
		t.Error("a password was logged")
	}
	n.mustWork("85")
}

func TestBad86ScramCredentials(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	type upsertion = wire.AlterUserScramCredentialsRequestScramCredentialUpsertion
	good := upsertion{Name: "u", Mechanism: 1, Iterations: 4096, Salt: []byte("s"), SaltedPassword: []byte("p")}
	n.everyVersion(wire.APIKeyAlterUserScramCredentials, func(version int16) {
		for _, tc := range []struct {
			what   string
			change func(*upsertion)
			want   wire.ErrorCode
		}{
			{"no user", func(u *upsertion) { u.Name = "" }, wire.UnacceptableCredential},
			{"4095 iterations", func(u *upsertion) { u.Iterations = 4095 }, wire.UnacceptableCredential},
			{"-1 iterations", func(u *upsertion) { u.Iterations = -1 }, wire.UnacceptableCredential},
			{"16385 iterations", func(u *upsertion) { u.Iterations = 16385 }, wire.UnacceptableCredential},
			{"mechanism 0", func(u *upsertion) { u.Mechanism = 0 }, wire.UnsupportedSaslMechanism},
			{"mechanism 77", func(u *upsertion) { u.Mechanism = 77 }, wire.UnsupportedSaslMechanism},
			{"no password", func(u *upsertion) { u.SaltedPassword = []byte{} }, wire.UnacceptableCredential},
			{"all is well", func(*upsertion) {}, wire.None},
		} {
			u := good
			tc.change(&u)
			resp := ask(n, &wire.AlterUserScramCredentialsRequest{Upsertions: []upsertion{u}}, version, &wire.AlterUserScramCredentialsResponse{})
			if code := resp.Results[0].ErrorCode; code != tc.want {
				t.Errorf("%s, version %d: %v, want %v", tc.what, version, code.Name(), tc.want.Name())
			}
			n.mustWork("86 " + tc.what)
		}
		described := ask(n, &wire.DescribeUserScramCredentialsRequest{}, 0, &wire.DescribeUserScramCredentialsResponse{})
		if len(described.Results) != 1 || described.Results[0].User != "u" {
			t.Errorf("stored: %+v", described.Results)
		}
	})
}

// TestBad87ACLsWithoutAnAuthorizer: whatever an ACL says, there is nothing that
// could keep it. (Values of enumerations that do not exist are
// api.TestBad87UnknownACLValues.)
func TestBad87ACLsWithoutAnAuthorizer(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	type acl = wire.CreateAclsRequestAclCreation
	good := acl{ResourceType: 2, ResourceName: "t", ResourcePatternType: 3, Principal: "User:a", Host: "*", Operation: 3, PermissionType: 3}
	n.everyVersion(wire.APIKeyCreateAcls, func(version int16) {
		for what, change := range map[string]func(*acl){
			"no resource":                func(a *acl) { a.ResourceName = "" },
			"any pattern":                func(a *acl) { a.ResourcePatternType = 1 },
			"a matching pattern":         func(a *acl) { a.ResourcePatternType = 2 },
			"a principal without a kind": func(a *acl) { a.Principal = "alice" },
			"an unknown resource":        func(a *acl) { a.ResourceType = 99 },
		} {
			a := good
			change(&a)
			resp := ask(n, &wire.CreateAclsRequest{Creations: []acl{a}}, version, &wire.CreateAclsResponse{})
			if code := resp.Results[0].ErrorCode; code != wire.SecurityDisabled {
				t.Errorf("%s, version %d: %v", what, version, code.Name())
			}
			n.mustWork("87 " + what)
		}
	})
}

// TestBad88BrokersOnly: what only brokers and controllers ask each other is not
// served to clients, and asking for the end of an epoch as a replica moves nothing.
func TestBad88BrokersOnly(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	n.mustWork("88 before")
	p := must(n.replicas.Find(n.publisher.Image(), worksTopic, 0))(t)
	end := p.HighWatermark()
	n.everyVersion(wire.APIKeyOffsetForLeaderEpoch, func(version int16) {
		req := &wire.OffsetForLeaderEpochRequest{ReplicaId: 1}
		req.Topics = []wire.OffsetForLeaderEpochRequestOffsetForLeaderTopic{{Topic: worksTopic, Partitions: []wire.OffsetForLeaderEpochRequestOffsetForLeaderPartition{{CurrentLeaderEpoch: -1, LeaderEpoch: 0}}}}
		resp := ask(n, req, version, &wire.OffsetForLeaderEpochResponse{})
		if got := resp.Topics[0].Partitions[0]; got.ErrorCode != wire.None || got.EndOffset != end {
			t.Errorf("version %d: %+v, want the end at %d", version, got, end)
		}
		if now := p.HighWatermark(); now != end {
			t.Errorf("version %d: the high watermark moved from %d to %d", version, end, now)
		}
	})
	const controlledShutdown, updateMetadata, stopReplica, leaderAndISR = 7, 6, 5, 4
	for _, key := range []int16{controlledShutdown, updateMetadata, stopReplica, leaderAndISR} {
		for version := int16(0); version < 10; version++ {
			b := wire.AppendInt16(wire.AppendInt16(make([]byte, 4), key), version)
			b = append(b, make([]byte, 20)...)
			binary.BigEndian.PutUint32(b, uint32(len(b)-4))
			c := n.raw()
			if _, err := c.c.Write(b); err != nil {
				t.Fatal(err)
			}
			c.mustBeClosed(fmt.Sprintf("key %d version %d", key, version))
		}
		n.mustWork(fmt.Sprint("88 key ", key))
	}
}

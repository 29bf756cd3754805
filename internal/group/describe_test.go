package group

import (
	"fmt"
	"math"
	"testing"

	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/wire"
)

func TestListGroups(t *testing.T) {
	inWorld(t, func(o *Options) { o.Config.InitialRebalanceDelayMs = 0 }, func(w *world) {
		w.stableGroup("stable", 1)
		wantCode(t, "leave", w.stableGroup("empty", 1)[0].leave(), wire.None)
		w.commit("simple", "t", 0, 1).code()
		pending := w.newClient("pending", "p")
		pending.join()
		moving := w.stableGroup("moving", 2)
		moving[0].join()
		for _, tt := range []struct {
			states, types []string
			want          string
		}{
			{nil, nil, "[empty Empty classic consumer moving PreparingRebalance classic consumer pending Empty classic  simple Empty classic  stable Stable classic consumer]"},
			{[]string{"stable"}, nil, "[stable Stable classic consumer]"},
			{[]string{" PREPARINGrebalance", "Stable"}, nil, "[moving PreparingRebalance classic consumer stable Stable classic consumer]"},
			{[]string{"Empty"}, []string{"Classic"}, "[empty Empty classic consumer pending Empty classic  simple Empty classic ]"},
			{nil, []string{"CLASSIC", "consumer"}, "[empty Empty classic consumer moving PreparingRebalance classic consumer pending Empty classic  simple Empty classic  stable Stable classic consumer]"},
			{nil, []string{"consumer"}, "[]"},
			{[]string{"NoSuchState"}, nil, "[]"},
		} {
			if got := fmt.Sprint(w.listed(tt.states, tt.types)); got != tt.want {
				t.Errorf("states %q types %q: %s", tt.states, tt.types, got)
			}
		}
	})
}

func TestDescribeGroups(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		a := w.newClient("g", "a").static("ia")
		w.settle(a)
		describe := func(version int16, id string) wire.DescribeGroupsResponseDescribedGroup {
			return begin(w, "describe", func() *wire.DescribeGroupsResponse {
				return w.c.DescribeGroups(version, &wire.DescribeGroupsRequest{Groups: []string{id}})
			}).result().Groups[0]
		}
		d := describe(6, "g")
		if m := d.Members[0]; m.MemberId != a.memberID || *m.GroupInstanceId != "ia" || m.ClientId != "a" ||
			m.ClientHost != "/127.0.0.1" || string(m.MemberMetadata) != string(subscription("t")) || string(m.MemberAssignment) != "a" {
			t.Errorf("member %+v", m)
		}
		if d.AuthorizedOperations != math.MinInt32 || d.ErrorMessage != nil || d.ErrorCode != wire.None {
			t.Errorf("described as %+v", d)
		}
		t.Run("metadata and protocol belong to a stable group only", func(t *testing.T) {
			a.took(a.join().result())
			d := describe(6, "g")
			if d.GroupState != "CompletingRebalance" || d.ProtocolType != "consumer" || d.ProtocolData != "" || len(d.Members[0].MemberMetadata) != 0 {
				t.Errorf("described as %+v", d)
			}
		})
		t.Run("unknown, version 5", func(t *testing.T) {
			if d := describe(5, "nobody"); d.GroupState != "Dead" || d.ErrorCode != wire.None || d.GroupId != "nobody" {
				t.Errorf("described as %+v", d)
			}
		})
		t.Run("unknown, version 6", func(t *testing.T) {
			if d := describe(6, "nobody"); d.GroupState != "Dead" || d.ErrorCode != wire.GroupIdNotFound || *d.ErrorMessage != "Group nobody not found." {
				t.Errorf("described as %+v", d)
			}
		})
		t.Run("simple", func(t *testing.T) {
			w.commit("simple", "t", 0, 1).code()
			if d := describe(6, "simple"); d.GroupState != "Empty" || d.ProtocolType != "" || len(d.Members) != 0 {
				t.Errorf("described as %+v", d)
			}
		})
		t.Run("empty", func(t *testing.T) {
			wantCode(t, "leave", a.leave(), wire.None)
			if d := describe(6, "g"); d.GroupState != "Empty" || d.ProtocolType != "consumer" || d.ProtocolData != "" {
				t.Errorf("described as %+v", d)
			}
		})
	})
}

func TestJavaHost(t *testing.T) {
	for host, want := range map[string]string{
		"127.0.0.1": "/127.0.0.1", "::1": "/0:0:0:0:0:0:0:1", "2001:db8::ff00:42": "/2001:db8:0:0:0:0:ff00:42",
		"::ffff:10.0.0.1": "/10.0.0.1", "fe80::1%eth0": "/fe80:0:0:0:0:0:0:1%eth0", "": "/", "pipe": "/pipe",
	} {
		if got := javaHost(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}

// What Java's String.hashCode gives.
func TestPartitionOf(t *testing.T) {
	for id, want := range map[string]int32{
		"": 0, "a": 47, "console-consumer-12345": 6, "connect-cluster": 13, "my.group": 11,
		"polygenelubricants": 0, // its hash is the least int32
		"grüße":              23, "\U0001F9A9": 43,
	} {
		if got := partitionOf(id, 50); got != want {
			t.Errorf("%q: %d, want %d", id, got, want)
		}
	}
}

func TestCounts(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.stableGroup("stable", 3)
		w.commit("simple", "t", 0, 1).code()
		w.commit("simple", "t", 1, 1).code()
		w.newClient("pending", "p").join()
		w.log.Hold() // a scrape waits for no commit
		w.commit("simple", "t", 2, 1)
		got := w.c.Counts()
		if want := (metrics.GroupCounts{Groups: 3, Offsets: 3, Empty: 2, Stable: 1, Members: 3}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		w.log.Release()
	})
}

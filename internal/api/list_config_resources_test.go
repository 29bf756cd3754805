package api

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestListConfigResources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1, "retention.ms", "1")
		b.topic("plain", 1)
		value := "5000"
		b.apply(&wire.ConfigRecord{ResourceType: resourceGroup, ResourceName: "g", Name: "consumer.heartbeat.interval.ms", Value: &value},
			&wire.ConfigRecord{ResourceType: resourceClientMetrics, ResourceName: "m", Name: "interval.ms", Value: &value},
			&wire.ConfigRecord{ResourceType: resourceBroker, ResourceName: "7", Name: "log.retention.ms", Value: &value})
		c := b.client()
		for _, tc := range []struct {
			version int16
			kinds   []int8
			want    []string
			code    wire.ErrorCode
		}{
			{0, nil, []string{"16 m"}, wire.None},
			{1, nil, []string{"16 m", "2 plain", "2 t", "32 g", "4 2", "8 2"}, wire.None},
			{1, []int8{2}, []string{"2 plain", "2 t"}, wire.None},
			{1, []int8{32, 16, 32}, []string{"16 m", "32 g"}, wire.None},
			{1, []int8{0}, nil, wire.UnsupportedVersion},
			{1, []int8{2, 99}, nil, wire.UnsupportedVersion},
		} {
			var resp wire.ListConfigResourcesResponse
			c.ask(&wire.ListConfigResourcesRequest{ResourceTypes: tc.kinds}, tc.version, &resp)
			var got []string
			for _, r := range resp.ConfigResources {
				got = append(got, fmt.Sprint(r.ResourceType, " ", r.ResourceName))
			}
			slices.Sort(got)
			if resp.ErrorCode != tc.code || !slices.Equal(got, tc.want) {
				t.Errorf("version %d, %v: %v %q", tc.version, tc.kinds, resp.ErrorCode.Name(), got)
			}
		}
	})
}

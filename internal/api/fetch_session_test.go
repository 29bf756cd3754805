package api

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// session asks for a full fetch of partitions of topic t that begins a session.
func (c *client) session(version int16, partitions ...int32) wire.FetchResponse {
	c.t.Helper()
	req := fetchFrom("t", 0, 0)
	req.SessionEpoch = 0
	template := req.Topics[0].Partitions[0]
	req.Topics[0].Partitions = nil
	for _, p := range partitions {
		template.Partition = p
		req.Topics[0].Partitions = append(req.Topics[0].Partitions, template)
	}
	var resp wire.FetchResponse
	c.ask(req, version, &resp)
	return resp
}

// next makes an incremental fetch without changes.
func nextFetch(id, epoch int32) *wire.FetchRequest {
	req := &wire.FetchRequest{}
	req.SetDefaults()
	req.SessionId, req.SessionEpoch, req.MinBytes, req.MaxBytes = id, epoch, 1, 1<<20
	return req
}

// answered lists the partitions of an answer, with the number of bytes.
func answered(resp *wire.FetchResponse) []string {
	var out []string
	for _, t := range resp.Responses {
		for _, p := range t.Partitions {
			s := fmt.Sprint(p.PartitionIndex)
			if p.ErrorCode != 0 {
				s += " " + p.ErrorCode.Name()
			}
			if len(p.Records) > 0 {
				s += " data"
			}
			out = append(out, s)
		}
	}
	return out
}

func TestSessionAnswersOnlyWhatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for version := int16(7); version <= 18; version++ {
			b := newDataBroker(t)
			b.topic("t", 3)
			c := b.client()
			full := c.session(version, 0, 1, 2)
			if full.SessionId == 0 || !slices.Equal(answered(&full), []string{"0", "1", "2"}) {
				t.Fatalf("version %d: session %d, answered %v", version, full.SessionId, answered(&full))
			}
			steps := []struct {
				produce int32 // partition, -1 for none
				want    []string
			}{
				{-1, nil},
				{1, []string{"1 data"}},
				{2, []string{"2 data", "1 data"}}, // 1 went to the end; its offset did not move
			}
			for i, s := range steps {
				if s.produce >= 0 {
					c.produce(9, produceTo("t", s.produce, 1, records("x")))
				}
				var resp wire.FetchResponse
				c.ask(nextFetch(full.SessionId, int32(i+1)), version, &resp)
				if resp.SessionId != full.SessionId || !slices.Equal(answered(&resp), s.want) {
					t.Errorf("version %d step %d: session %d answered %v, want %v", version, i, resp.SessionId, answered(&resp), s.want)
				}
			}
		}
	})
}

func TestSessionChangesAndForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for version := int16(7); version <= 18; version++ {
			b := newDataBroker(t)
			b.topic("t", 3)
			c := b.client()
			for p := range int32(3) {
				c.produce(9, produceTo("t", p, 1, records("x")))
			}
			full := c.session(version, 0, 1)
			// 0 moves to its end, 1 is forgotten, 2 is new.
			req := nextFetch(full.SessionId, 1)
			moved := fetchFrom("t", 0, 1)
			added := fetchFrom("t", 2, 0)
			moved.Topics[0].Partitions = append(moved.Topics[0].Partitions, added.Topics[0].Partitions...)
			req.Topics = moved.Topics
			req.ForgottenTopicsData = []wire.FetchRequestForgottenTopic{{Topic: "t", TopicId: topicID("t"), Partitions: []int32{1, 77}}}
			var resp wire.FetchResponse
			c.ask(req, version, &resp)
			if got := answered(&resp); !slices.Equal(got, []string{"2 data"}) {
				t.Errorf("version %d: answered %v, want 2 with data", version, got)
			}
			if values(t, resp.Responses[0].Partitions[0].Records, 0)[0] != "x" {
				t.Errorf("version %d: wrong data", version)
			}
		}
	})
}

func TestBad70Sessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for version := int16(7); version <= 18; version++ {
			b := newDataBroker(t)
			b.topic("t", 1)
			c := b.client()
			id := c.session(version, 0).SessionId
			expect := func(what string, req *wire.FetchRequest, version int16, want wire.ErrorCode) {
				t.Helper()
				var resp wire.FetchResponse
				c.ask(req, version, &resp)
				if resp.ErrorCode != want || want != 0 && (resp.SessionId != 0 || len(resp.Responses) > 0) {
					t.Errorf("version %d, %s: %v, session %d, %d topics; want %v", version, what, resp.ErrorCode.Name(), resp.SessionId, len(resp.Responses), want.Name())
				}
			}
			expect("unknown session", nextFetch(id+1, 1), version, wire.FetchSessionIdNotFound)
			expect("epoch too high", nextFetch(id, 2), version, wire.InvalidFetchSessionEpoch)
			expect("right epoch", nextFetch(id, 1), version, 0)
			expect("same epoch again", nextFetch(id, 1), version, wire.InvalidFetchSessionEpoch)
			other := int16(12)
			if version < 13 {
				other = 13
			}
			expect("names and ids mixed", nextFetch(id, 2), other, wire.FetchSessionTopicIdError)
			closing := nextFetch(id, -1)
			closing.Topics = fetchFrom("t", 0, 0).Topics
			expect("closing", closing, version, 0)
			expect("closed", nextFetch(id, 2), version, wire.FetchSessionIdNotFound)
		}
	})
}

func TestSessionWhileItsFetchWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c, again := b.client(), b.client()
		id := c.session(12, 0).SessionId
		waiting := nextFetch(id, 1)
		waiting.MaxWaitMs = 10_000
		c.write(c.encode(waiting, 12))
		synctest.Wait()
		// A client that reconnected while its old request still waits.
		var resp wire.FetchResponse
		again.ask(nextFetch(id, 2), 12, &resp)
		if resp.ErrorCode != wire.InvalidFetchSessionEpoch {
			t.Errorf("second fetch of a busy session: %v", resp.ErrorCode.Name())
		}
		again.ask(nextFetch(id, -1), 12, &resp)
		b.client().produce(9, produceTo("t", 0, 1, records("x")))
		c.answer(&resp, 1, 12)
		if got := answered(&resp); !slices.Equal(got, []string{"0 data"}) {
			t.Errorf("the waiting fetch answered %v", got)
		}
		if n := b.set.Sessions().Len(); n != 0 {
			t.Errorf("%d sessions after the close", n)
		}
	})
}

func TestSessionCacheIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t) // ten slots
		b.topic("t", 3)
		c := b.client()
		var ids []int32
		for range 10 {
			ids = append(ids, c.session(12, 0).SessionId)
		}
		if got := c.session(12, 0, 1, 2).SessionId; got != 0 {
			t.Errorf("session %d although the cache is full of young ones", got)
		}
		time.Sleep(121 * time.Second)
		// All but the first have been used lately.
		for _, id := range ids[1:] {
			var resp wire.FetchResponse
			c.ask(nextFetch(id, 1), 12, &resp)
		}
		if c.session(12, 0).SessionId == 0 {
			t.Error("the session that was unused for longest kept its place")
		}
		if c.session(12, 0).SessionId != 0 {
			t.Error("a session of the same size took the place of a used one")
		}
		if c.session(12, 0, 1).SessionId == 0 {
			t.Error("a larger session did not take the place of a small old one")
		}
		if n := b.set.Sessions().Len(); n != 10 {
			t.Errorf("%d sessions, want 10", n)
		}
	})
}

func TestEmptySessionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		id := c.session(12, 0).SessionId
		req := nextFetch(id, 1)
		req.MaxWaitMs = 60_000
		req.ForgottenTopicsData = []wire.FetchRequestForgottenTopic{{Topic: "t", Partitions: []int32{0}}}
		begin := time.Now()
		var resp wire.FetchResponse
		c.ask(req, 12, &resp)
		synctest.Wait()
		if resp.SessionId != 0 || time.Since(begin) != 0 || b.set.Sessions().Len() != 0 {
			t.Errorf("session %d after %v, %d sessions left", resp.SessionId, time.Since(begin), b.set.Sessions().Len())
		}
	})
}

func TestSmallLimitReachesAllPartitionsOfASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 4)
		c := b.client()
		for p := range int32(4) {
			c.produce(9, produceTo("t", p, 1, records("0123456789")))
		}
		full := c.session(12, 0, 1, 2, 3)
		seen := map[int32]bool{}
		for i := range int32(4) {
			req := nextFetch(full.SessionId, i+1)
			req.MaxBytes = 10
			var resp wire.FetchResponse
			c.ask(req, 12, &resp)
			for _, p := range resp.Responses[0].Partitions {
				if len(p.Records) > 0 {
					seen[p.PartitionIndex] = true
				}
			}
		}
		if len(seen) != 4 {
			t.Errorf("only partitions %v gave data", seen)
		}
	})
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// pageEvery is how often a page is read.
const pageEvery = 500 * time.Millisecond

// paths are what the pages of the console ask for.
func paths() []string {
	const c = "/clusters/brolga"
	return []string{
		"/meta", "/clusters", c + "/overview", c + "/events", c + "/topics", c + "/topics/" + keptTopic,
		c + "/topics/" + keptTopic + "/configs", c + "/topics/" + keptTopic + "/groups", c + "/topics/" + keptTopic + "/messages?limit=50",
		c + "/topics/" + keyedTopic + "/messages?limit=50", c + "/groups", c + "/groups/steady", c + "/groups/steady/history",
		c + "/brokers", c + "/brokers/1", c + "/brokers/1/configs", c + "/quorum", c + "/reassignments",
	}
}

// runPages reads one page after the other from node 1's console.
func (r *run) runPages(ctx context.Context) error {
	number, all := 0, paths()
	return every(ctx, pageEvery, func() error {
		path := all[number%len(all)]
		number++
		if err := r.page(ctx, path); err != nil {
			r.load.pageFailures.Add(1)
		}
		r.load.pages.Add(1)
		return nil
	})
}

// api is where node 1's console answers.
func (r *run) api() string { return "http://" + r.fleet.nodes[0].console + "/api/v1" }

func (r *run) page(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.api()+path, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// streamLife is how long a tab stays open.
const streamLife = 20 * time.Second

// runStreams opens one live stream after the other, as tabs do.
func (r *run) runStreams(ctx context.Context) error {
	return every(ctx, time.Second, func() error {
		ctx, cancel := context.WithTimeout(ctx, streamLife)
		defer cancel()
		if err := r.stream(ctx); err != nil && ctx.Err() == nil {
			r.load.pageFailures.Add(1)
		}
		return nil
	})
}

// stream subscribes to what the first pages show and counts the events.
func (r *run) stream(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.api()+"/stream", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		r.load.events.Add(1)
		var event struct {
			Hello *struct {
				ID string `json:"id"`
			} `json:"hello"`
		}
		if err := json.Unmarshal([]byte(data), &event); err != nil {
			return err
		}
		if event.Hello != nil {
			if err := r.subscribe(ctx, event.Hello.ID); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

func (r *run) subscribe(ctx context.Context, stream string) error {
	var add []map[string]string
	for _, kind := range []string{"overview", "topics", "groups", "brokers", "events"} {
		add = append(add, map[string]string{"name": kind, "kind": kind, "cluster": "brolga"})
	}
	add = append(add, map[string]string{"name": "one", "kind": "topic", "cluster": "brolga", "topic": keptTopic})
	body, err := json.Marshal(map[string]any{"add": add})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.api()+"/stream/"+stream, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("subscribe: %s", resp.Status)
	}
	return nil
}

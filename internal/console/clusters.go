package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/brolga-io/brolga/internal/console/view"
)

// clusters is the list of clusters, and the file of those that were added.
type clusters struct {
	s    *Server
	ctx  context.Context
	file string

	mu      sync.Mutex
	started bool
	all     []*cluster
}

// maxClusters is how many clusters a console shows.
const maxClusters = 50

func openClusters(ctx context.Context, s *Server) (*clusters, error) {
	cs := &clusters{s: s, ctx: ctx, file: s.o.StateFile}
	fixed := s.o.Clusters
	kept, err := cs.load()
	if err != nil {
		return nil, err
	}
	for _, o := range append(slices.Clone(fixed), kept...) {
		if _, err := cs.open(o); err != nil {
			return nil, err
		}
	}
	return cs, nil
}

// kept is the form of the file.
type keptClusters struct {
	Version  int               `json:"version"`
	Clusters []view.NewCluster `json:"clusters"`
}

const keptVersion = 1

func (cs *clusters) load() ([]ClusterOptions, error) {
	if cs.file == "" {
		return nil, nil
	}
	b, err := os.ReadFile(cs.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the console's list of clusters: %w", err)
	}
	var kept keptClusters
	if err := json.Unmarshal(b, &kept); err != nil {
		return nil, fmt.Errorf("the console's list of clusters, %s: %w", cs.file, err)
	}
	if kept.Version != keptVersion {
		return nil, fmt.Errorf("the console's list of clusters, %s, has version %d; this release knows %d", cs.file, kept.Version, keptVersion)
	}
	var all []ClusterOptions
	for _, c := range kept.Clusters {
		all = append(all, added(c))
	}
	return all, nil
}

func added(c view.NewCluster) ClusterOptions {
	return ClusterOptions{Name: c.Name, Source: view.SourceAdded, Bootstrap: c.BootstrapServers,
		ReadOnly: c.ReadOnly, Properties: c.Properties, Dial: dialAdded}
}

// saveLocked replaces the file; it may hold passwords, so only its owner reads it.
func (cs *clusters) saveLocked() error {
	if cs.file == "" {
		return nil
	}
	kept := keptClusters{Version: keptVersion, Clusters: []view.NewCluster{}}
	for _, k := range cs.all {
		if k.Source == view.SourceAdded {
			kept.Clusters = append(kept.Clusters, view.NewCluster{Name: k.name, BootstrapServers: k.bootstrap, ReadOnly: k.readOnly, Properties: k.Properties})
		}
	}
	b, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(cs.file, append(b, '\n'))
}

// replaceFile writes another file, brings it to the disk and renames it.
func replaceFile(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// idFor makes an id that no cluster has.
func (cs *clusters) idFor(name string) string {
	base := strings.Trim(notInID.ReplaceAllString(strings.ToLower(clip(name, 50)), "-"), "-")
	if base == "" {
		base = "cluster"
	}
	id := base
	for n := 2; cs.has(id); n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	return id
}

func (cs *clusters) has(id string) bool {
	return slices.ContainsFunc(cs.all, func(k *cluster) bool { return k.id == id })
}

func (cs *clusters) open(o ClusterOptions) (*cluster, error) {
	k, err := openCluster(cs.ctx, cs.s, cs.idFor(o.Name), o)
	if err != nil {
		return nil, err
	}
	cs.all = append(cs.all, k)
	return k, nil
}

func (cs *clusters) start() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.started = true
	for _, k := range cs.all {
		k.start()
	}
}

func (cs *clusters) close() {
	for _, k := range cs.list() {
		k.close()
	}
}

func (cs *clusters) list() []*cluster {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return slices.Clone(cs.all)
}

func (cs *clusters) find(id string) *cluster {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	i := slices.IndexFunc(cs.all, func(k *cluster) bool { return k.id == id })
	if i < 0 {
		return nil
	}
	return cs.all[i]
}

// add takes a cluster that a person named in the page.
func (cs *clusters) add(in view.NewCluster) (*cluster, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if len(cs.all) >= maxClusters {
		return nil, tooMany(fmt.Sprintf("There are %d clusters already.", maxClusters))
	}
	if slices.ContainsFunc(cs.all, func(k *cluster) bool { return k.name == in.Name }) {
		return nil, &failure{status: 409, code: codeInvalid, field: "name", message: "There is a cluster of that name already."}
	}
	k, err := cs.open(added(in))
	if err != nil {
		return nil, err
	}
	if err := cs.saveLocked(); err != nil {
		cs.all = cs.all[:len(cs.all)-1]
		k.close()
		return nil, err
	}
	if cs.started {
		k.start()
	}
	return k, nil
}

// remove forgets a cluster that was added.
func (cs *clusters) remove(k *cluster) error {
	cs.mu.Lock()
	i := slices.Index(cs.all, k)
	if i < 0 {
		cs.mu.Unlock()
		return notFound("There is no such cluster.")
	}
	cs.all = slices.Delete(cs.all, i, i+1)
	err := cs.saveLocked()
	cs.mu.Unlock()
	k.close()
	return err
}

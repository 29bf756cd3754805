package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// formatPlan is what kafka-storage format is to write.
type formatPlan struct {
	static    *config.Static
	clusterID string
	metadata  int16            // level of metadata.version
	levels    map[string]int16 // of the other features
	asked     bool             // some level was asked for
	scram     []*wire.UserScramCredentialRecord
	dynamic   string // what the messages call the metadata directory
	dirID     wire.UUID
	// voters are the initial controllers of a dynamic quorum; alone says that this
	// node is the only one.
	voters map[int32]wire.VotersRecordVoter
	alone  bool
}

// runFormat is "format".
func (s *storageArgs) runFormat(env *Env, r *argResult) error {
	p, err := s.formatPlan(r)
	if err != nil {
		return err
	}
	todo, err := p.unformatted(r.has(s.ignoreFormatted))
	if err != nil {
		return err
	}
	if len(todo) == 0 {
		env.outln("All of the log directories are already formatted.")
		return nil
	}
	// The metadata directory comes last: it is what makes the node complete.
	slices.SortStableFunc(todo, func(a, b string) int {
		return btoi(a == p.static.MetadataLogDir()) - btoi(b == p.static.MetadataLogDir())
	})
	for _, dir := range todo {
		kind, id := "data directory", newUUID()
		if dir == p.static.MetadataLogDir() {
			kind = p.dynamic
			if p.dirID != (wire.UUID{}) {
				id = p.dirID
			}
		}
		env.outf("Formatting %s %s with metadata.version %s.\n", kind, dir, releaseOf(p.metadata))
		if err := p.write(dir, id); err != nil {
			return err
		}
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *storageArgs) formatPlan(r *argResult) (*formatPlan, error) {
	static, err := loadServerConfig(r.value(s.config))
	if err != nil {
		return nil, err
	}
	p := &formatPlan{static: static, clusterID: r.value(s.clusterID), levels: map[string]int16{}, dynamic: "metadata directory"}
	if err := s.readQuorum(r, p); err != nil {
		return nil, err
	}
	if err := s.readLevels(r, p); err != nil {
		return nil, err
	}
	for _, text := range r.values[s.scram] {
		credential, err := parseScram(text)
		if err != nil {
			return nil, err
		}
		p.scram = append(p.scram, credential)
	}
	return p, nil
}

// readQuorum checks the options about the first controllers.
func (s *storageArgs) readQuorum(r *argResult, p *formatPlan) error {
	isController := p.static.HasRole(config.RoleController)
	static := len(p.static.Voters()) > 0
	switch {
	case r.has(s.standalone) && !isController:
		return formatError("You can only use --standalone on a controller.")
	case static && (r.has(s.standalone) || r.has(s.controllers)):
		return formatError("You cannot specify controller.quorum.voters and format the node with --initial-controllers or --standalone. " +
			"If you want to use dynamic quorum, please remove controller.quorum.voters and specify controller.quorum.bootstrap.servers instead.")
	case !static && !p.static.Alone() && isController && !r.has(s.standalone) && !r.has(s.controllers) && !r.has(s.noControllers):
		return formatError("Because controller.quorum.voters is not set on this controller, you must specify one of the following: --standalone, --initial-controllers, or --no-initial-controllers.")
	case r.has(s.standalone):
		p.dynamic, p.alone = "dynamic metadata voter directory", true
	case r.has(s.controllers):
		voters, err := parseInitialControllers(r.value(s.controllers))
		if err != nil {
			return err
		}
		p.dynamic, p.voters = "dynamic metadata directory", voters
		if me, mine := voters[p.static.NodeID()]; mine {
			p.dynamic, p.dirID = "dynamic metadata voter directory", me.VoterDirectoryId
		}
	}
	return nil
}

// readLevels reads --release-version and --feature.
func (s *storageArgs) readLevels(r *argResult, p *formatPlan) error {
	p.metadata = latestMetadataLevel
	if r.has(s.release) {
		level, err := parseRelease(r.value(s.release), false)
		if err != nil {
			return err
		}
		p.metadata = level
		p.asked = true
	}
	given := map[string]int16{}
	for _, text := range r.values[s.feature] {
		name, number, ok := strings.Cut(text, "=")
		if !ok {
			return formatError("Can't parse feature=level string " + text + ": equals sign not found.")
		}
		level, err := strconv.ParseInt(strings.TrimSpace(number), 10, 16)
		if err != nil {
			return formatError("Can't parse feature=level string " + text + ": unable to parse " + number + " as a short.")
		}
		given[strings.TrimSpace(name)] = int16(level)
		p.asked = true
	}
	if level, ok := given["metadata.version"]; ok {
		if r.has(s.release) {
			return formatError("Use --release-version instead of --feature metadata.version=X to avoid ambiguity.")
		}
		if releaseOf(level) == "" {
			return formatError(fmt.Sprintf("Unknown metadata.version %d", level))
		}
		p.metadata = level
		delete(given, "metadata.version")
	}
	return p.setLevels(given)
}

func (p *formatPlan) setLevels(given map[string]int16) error {
	for _, f := range features() {
		p.levels[f.name] = f.defaultAt(p.metadata)
	}
	for name, level := range given {
		f, known := findFeature(name)
		switch {
		case !known:
			var names []string
			for _, f := range features() {
				names = append(names, f.name)
			}
			slices.Sort(names)
			return formatError("Unsupported feature: " + name + ". Supported features are: " + strings.Join(names, ", "))
		case level < 0 || level > f.max:
			return formatError(fmt.Sprintf("No feature:%s with feature level %d", name, level))
		case level > 0 && f.needs > p.metadata:
			return formatError(fmt.Sprintf("%s could not be set to %d because it depends on metadata.version level %d", name, level, f.needs))
		}
		p.levels[name] = level
	}
	return nil
}

// unformatted lists the directories to write. One that is formatted already is
// an error unless it may be skipped; one of another cluster always is.
func (p *formatPlan) unformatted(skip bool) ([]string, error) {
	var todo []string
	for _, dir := range storageDirs(p.static) {
		meta, err := logdir.ReadMetaProperties(vfs.OS, dir)
		switch {
		case errors.Is(err, logdir.ErrNotFormatted):
			todo = append(todo, dir)
		case err != nil:
			return nil, err
		case meta.ClusterID != p.clusterID:
			return nil, fmt.Errorf("Invalid cluster.id in: %s/meta.properties. Expected %s, but read %s", dir, p.clusterID, meta.ClusterID)
		case meta.NodeID != p.static.NodeID():
			return nil, fmt.Errorf("Invalid node.id in: %s/meta.properties. Expected %d, but read %d", dir, p.static.NodeID(), meta.NodeID)
		case !skip:
			return nil, formatError("Log directory " + dir + " is already formatted. Use --ignore-formatted to ignore this directory and format the others.")
		}
	}
	return todo, nil
}

func (p *formatPlan) write(dir string, id wire.UUID) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("Unable to create storage directory %s: %w", dir, err)
	}
	if dir == p.static.MetadataLogDir() && (p.asked || len(p.scram) > 0) {
		if err := p.writeBootstrap(dir); err != nil {
			return err
		}
	}
	if dir == p.static.MetadataLogDir() && (p.alone || len(p.voters) > 0) {
		if err := p.writeVoters(dir, id); err != nil {
			return err
		}
	}
	return logdir.WriteMetaProperties(vfs.OS, dir, logdir.MetaProperties{
		Version: 1, NodeID: p.static.NodeID(), ClusterID: p.clusterID, DirectoryID: logdir.UUID(id)})
}

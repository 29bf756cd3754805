package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/config"
)

// loadServerConfig reads a broker's or controller's properties file.
func loadServerConfig(path string) (*config.Static, error) {
	props, err := loadProps(path)
	if err != nil {
		return nil, err
	}
	if props["process.roles"] == "" {
		return nil, configError("Missing required configuration \"process.roles\" which has no default value.")
	}
	static, err := config.Load(config.Properties(props), nil)
	if err != nil {
		return nil, configError(err.Error())
	}
	return static, nil
}

// storageDirs are the directories of a node, the metadata log's among them.
func storageDirs(static *config.Static) []string {
	dirs := append(slices.Clone(static.LogDirs()), static.MetadataLogDir())
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// storageInfo prints the directories and what is wrong with them.
func storageInfo(env *Env, path string) (int, error) {
	static, err := loadServerConfig(path)
	if err != nil {
		return 1, err
	}
	var found, problems []string
	var meta map[string]string
	for _, dir := range storageDirs(static) {
		info, err := os.Stat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			problems = append(problems, dir+" does not exist")
			continue
		case err != nil:
			problems = append(problems, dir+" cannot be read: "+err.Error())
			continue
		case !info.IsDir():
			problems = append(problems, dir+" is not a directory")
			continue
		}
		found = append(found, dir)
		props, err := readMeta(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			problems = append(problems, dir+" is not formatted.")
		case err != nil:
			problems = append(problems, "Error reading "+filepath.Join(dir, "meta.properties")+": "+err.Error())
		case meta == nil:
			meta = props
		case props["cluster.id"] != meta["cluster.id"] || props["node.id"] != meta["node.id"]:
			problems = append(problems, fmt.Sprintf("Metadata for %s was %s, but other directories featured %s", dir, mapText(props), mapText(meta)))
		}
	}
	if meta != nil && meta["version"] != "1" {
		problems = append(problems, "The kafka configuration file appears to be for a cluster in KRaft mode, but the directories are formatted for legacy mode.")
	}
	printInfo(env, found, meta, problems)
	return min(len(problems), 1), nil
}

func printInfo(env *Env, found []string, meta map[string]string, problems []string) {
	section := func(one, many string, lines []string) {
		if len(lines) == 0 {
			return
		}
		title := one
		if len(lines) > 1 {
			title = many
		}
		env.outf("%s:\n  %s\n\n", title, strings.Join(lines, "\n  "))
	}
	section("Found log directory", "Found log directories", found)
	if meta != nil {
		env.outf("Found metadata: %s\n\n", mapText(meta))
	}
	section("Found problem", "Found problems", problems)
}

// readMeta reads all of a directory's meta.properties, whatever it holds.
func readMeta(dir string) (map[string]string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "meta.properties"))
	if err != nil {
		return nil, err
	}
	return config.Parse(bytes.NewReader(raw))
}

// mapText prints as Java's sorted maps do.
func mapText(m map[string]string) string {
	pairs := make([]string, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, k+"="+m[k])
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

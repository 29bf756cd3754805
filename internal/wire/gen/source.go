package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// A family is a set of records whose types do not clash.
type family string

const (
	noFamily          family = ""
	familyMetadata    family = "metadata"
	familyRemoteLog   family = "remoteLog"
	familyGroup       family = "group"
	familyTransaction family = "transaction"
	familyShare       family = "share"
)

// sources lists the jars that hold definitions, and what kind of records the
// ones with a record type are.
var sources = []struct {
	artifact string
	family   family
}{
	{"kafka-clients", noFamily},
	{"kafka-metadata", familyMetadata},
	{"kafka-group-coordinator", familyGroup},
	{"kafka-transaction-coordinator", familyTransaction},
	{"kafka-share-coordinator", familyShare},
	{"kafka-storage", familyRemoteLog},
	{"kafka-raft", noFamily},
}

// loadSources reads all definitions from the jars in dir.
func loadSources(dir string) ([]definition, error) {
	var all []definition
	for _, s := range sources {
		// The version begins with a digit, which tells kafka-clients-4.4.0.jar
		// from kafka-clients-something-4.4.0.jar.
		jars, err := filepath.Glob(filepath.Join(dir, s.artifact+"-[0-9]*.jar"))
		if err != nil {
			return nil, err
		}
		if len(jars) != 1 {
			return nil, fmt.Errorf("%d jars of %s in %s, want one", len(jars), s.artifact, dir)
		}
		found, err := loadJar(jars[0])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", jars[0], err)
		}
		for i := range found {
			found[i].family = s.family
		}
		all = append(all, found...)
	}
	return all, nil
}

// loadJar reads the definitions of one jar.
func loadJar(name string) ([]definition, error) {
	jar, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	defer jar.Close()
	var found []definition
	for _, f := range jar.File {
		if path.Ext(f.Name) != ".json" || !strings.Contains(path.Dir(f.Name)+"/", "message/") &&
			!strings.Contains(path.Dir(f.Name)+"/", "metadata/") {
			continue
		}
		d, err := loadDefinition(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		found = append(found, d)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no message definitions")
	}
	return found, nil
}

// commentLine matches what the definitions have and JSON does not.
var commentLine = regexp.MustCompile(`(?m)^\s*//.*$`)

func loadDefinition(f *zip.File) (definition, error) {
	var d definition
	r, err := f.Open()
	if err != nil {
		return d, err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(commentLine.ReplaceAll(text, nil), &d); err != nil {
		return d, err
	}
	return d, nil
}

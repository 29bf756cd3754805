package cli

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/config"
)

// clientProps are Java client properties: what a --command-config file, the
// --command-property options and the tool's own defaults come to.
type clientProps map[string]string

// loadProps reads a Java properties file.
func loadProps(path string) (clientProps, error) {
	f, err := os.Open(path)
	if err != nil {
		class := "java.io.IOException"
		if errors.Is(err, fs.ErrNotExist) {
			class = "java.nio.file.NoSuchFileException"
		}
		return nil, &exception{class: class, text: path, cause: err}
	}
	defer f.Close()
	parsed, err := config.Parse(f)
	if err != nil {
		return nil, &exception{class: "java.io.IOException", text: path + ": " + err.Error(), cause: err}
	}
	return clientProps(parsed), nil
}

// fileProps reads the file of an option, or nothing where it is not given.
func fileProps(set *optionSet, o *option) (clientProps, error) {
	if !set.has(o) {
		return clientProps{}, nil
	}
	path, err := set.value(o)
	if err != nil {
		return nil, err
	}
	return loadProps(path)
}

func (p clientProps) merge(other map[string]string) clientProps {
	maps.Copy(p, other)
	return p
}

// orDefault sets a key that has no value yet.
func (p clientProps) orDefault(key, value string) {
	if _, set := p[key]; !set {
		p[key] = value
	}
}

// mergeOption applies an option to a property: the option if it was given, else
// what the properties say, else the option's default.
func (p clientProps) mergeOption(key string, set *optionSet, o *option) error {
	if _, inProps := p[key]; inProps && !set.has(o) {
		return nil
	}
	if o.argType == "Integer" || o.argType == "Long" {
		n, err := set.number(o)
		if err != nil {
			return err
		}
		p[key] = strconv.FormatInt(n, 10)
		return nil
	}
	v, err := set.value(o)
	if err != nil {
		return err
	}
	p[key] = v
	return nil
}

// millis returns a time property, def where it is not set.
func (p clientProps) millis(key string, def time.Duration) (time.Duration, error) {
	n, err := p.number(key, def.Milliseconds())
	return time.Duration(n) * time.Millisecond, err
}

func (p clientProps) number(key string, def int64) (int64, error) {
	text, set := p[key]
	if !set {
		return def, nil
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0, configError("Invalid value " + text + " for configuration " + key + ": Not a number of type LONG")
	}
	return n, nil
}

func (p clientProps) boolean(key string, def bool) (bool, error) {
	switch text, set := p[key]; {
	case !set:
		return def, nil
	case strings.EqualFold(strings.TrimSpace(text), "true"):
		return true, nil
	case strings.EqualFold(strings.TrimSpace(text), "false"):
		return false, nil
	default:
		return false, configError("Invalid value " + text + " for configuration " + key + ": Expected value to be either true or false")
	}
}

func (p clientProps) oneOf(key, def string, allowed ...string) (string, error) {
	text, set := p[key]
	if !set {
		return def, nil
	}
	for _, a := range allowed {
		if text == a {
			return a, nil
		}
	}
	return "", configError("Invalid value " + text + " for configuration " + key + ": String must be one of: " + strings.Join(allowed, ", "))
}

func configError(text string) error {
	return &exception{class: "org.apache.kafka.common.config.ConfigException", text: text}
}

package cli

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// configChanges are the keys that --alter sets and removes.
type configChanges struct {
	set    map[string]string
	remove []string
}

// keys are the keys to set, in order.
func (c *configChanges) keys() []string { return slices.Sorted(maps.Keys(c.set)) }

var configKey = regexp.MustCompile(`^[$a-zA-Z0-9._-]*$`)

func (o *configsOptions) changes() (*configChanges, error) {
	c := &configChanges{set: map[string]string{}}
	if o.set.has(o.addFile) {
		props, err := fileProps(o.set, o.addFile)
		if err != nil {
			return nil, err
		}
		c.set = props
	}
	if o.set.has(o.add) {
		text, err := o.set.value(o.add)
		if err != nil {
			return nil, err
		}
		if c.set, err = parseAddConfig(text); err != nil {
			return nil, err
		}
	}
	for _, key := range c.keys() {
		if !configKey.MatchString(key) {
			return nil, illegalArgument("Invalid character found for config key: " + key)
		}
	}
	for _, keys := range o.set.all(o.remove) {
		for key := range strings.SplitSeq(keys, ",") {
			c.remove = append(c.remove, strings.TrimSpace(key))
		}
	}
	return c, nil
}

// parseAddConfig reads "k1=v1,k2=[v1,v2]": commas and equal signs inside
// brackets belong to the value, the brackets do not.
func parseAddConfig(text string) (map[string]string, error) {
	set := map[string]string{}
	for _, pair := range splitOutsideBrackets(text, ',') {
		parts := splitOutsideBrackets(pair, '=')
		if len(parts) != 2 {
			return nil, illegalArgument(`requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.`)
		}
		value := strings.NewReplacer("[", "", "]", "").Replace(parts[1])
		set[strings.TrimSpace(parts[0])] = strings.TrimSpace(value)
	}
	return set, nil
}

// splitOutsideBrackets splits at the separators that stand outside brackets: a
// separator is inside where the next bracket closes. Empty pieces at the end
// are dropped from a list, not from a pair.
func splitOutsideBrackets(text string, separator byte) []string {
	var pieces []string
	start := 0
	for i := 0; i < len(text); i++ {
		if text[i] != separator {
			continue
		}
		if next := strings.IndexAny(text[i:], "[]"); next >= 0 && text[i+next] == ']' {
			continue
		}
		pieces = append(pieces, text[start:i])
		start = i + 1
	}
	pieces = append(pieces, text[start:])
	for separator == ',' && len(pieces) > 1 && pieces[len(pieces)-1] == "" {
		pieces = pieces[:len(pieces)-1]
	}
	return pieces
}

package controller

import (
	"strings"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// checkNewName says why a topic of that name cannot be created.
func (d *decision) checkNewName(name string) *fault {
	if why := metadata.TopicNameFault(name); why != "" {
		return refuse(wire.InvalidTopicException, "%s", why)
	}
	if d.image.TopicByName(name) != nil {
		return refuse(wire.TopicAlreadyExists, "Topic '%s' already exists.", name)
	}
	if other := colliding(d.image, "", name); other != "" {
		return refuse(wire.InvalidTopicException, "Topic '%s' collides with existing topic: %s", name, other)
	}
	return nil
}

// colliding returns a topic whose name begins with prefix and goes on as rest does,
// but for dots and underscores, which metrics cannot tell apart. Topics are in the
// order of their names, so each of the two spellings of a character is one look-up
// and is followed only if a topic has it: no index of the unified names is needed.
func colliding(image *metadata.Image, prefix, rest string) string {
	i := strings.IndexAny(rest, "._")
	if i < 0 {
		if image.TopicByName(prefix+rest) != nil {
			return prefix + rest
		}
		return ""
	}
	for _, c := range []string{".", "_"} {
		next := prefix + rest[:i] + c
		if hasTopicWith(image, next) {
			if other := colliding(image, next, rest[i+1:]); other != "" {
				return other
			}
		}
	}
	return ""
}

func hasTopicWith(image *metadata.Image, prefix string) bool {
	for t := range image.TopicsFrom(prefix) {
		return strings.HasPrefix(t.Name, prefix)
	}
	return false
}

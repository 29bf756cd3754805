package cli

import (
	"fmt"
	"regexp"
)

var legalTopicName = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

const maxTopicNameLength = 249

// validateTopicName is the check that the Java clients do before they ask a
// broker.
func validateTopicName(name string) error {
	reason := ""
	switch {
	case name == "":
		reason = "the empty string is not allowed"
	case name == ".":
		reason = "'.' is not allowed"
	case name == "..":
		reason = "'..' is not allowed"
	case len(name) > maxTopicNameLength:
		reason = fmt.Sprintf("the length of '%s' is longer than the max allowed length %d", name, maxTopicNameLength)
	case !legalTopicName.MatchString(name):
		reason = "'" + name + "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
	default:
		return nil
	}
	return &exception{class: errorsPackage + "InvalidTopicException", text: "Topic name is invalid: " + reason}
}

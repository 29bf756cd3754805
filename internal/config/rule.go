package config

import (
	"regexp"
	"strconv"
	"strings"
)

// RuleKind picks the check of a Rule.
type RuleKind int8

// The checks that Kafka's validators make, in data instead of code so that the
// tables need no work at start.
const (
	Any               RuleKind = iota
	AtLeast                    // number ≥ Min
	Between                    // Min ≤ number ≤ Max
	GzipLevel                  // 1 to 9, or -1
	OneOf                      // string among Values
	OneOfFold                  // the same, letter case ignored
	NonEmpty                   // string that is not empty
	NonEmptyList               // list with at least one element
	ListOf                     // list of Values, may be empty
	NonEmptyListOf             // list of Values, not empty
	ThrottledReplicas          // partition:broker list, or *
	QuorumVoters               // id@host:port list
	BootstrapServers           // host:port list
	AutoOffsetReset            // latest, earliest, by_duration:…
)

// Rule says which values a key takes beyond those of its type.
type Rule struct {
	Kind     RuleKind
	Min, Max float64
	Values   []string
}

// gzipMin and gzipMax bound the level; -1 asks for the library's default.
const (
	gzipMin     = 1
	gzipMax     = 9
	gzipDefault = -1
)

// checkNumber applies a numeric rule; text is the value as Kafka would print it.
func (r Rule) checkNumber(name, text string, n float64) error {
	switch r.Kind {
	case AtLeast, Between:
		if n < r.Min {
			return invalidValue(name, text, "Value must be at least "+number(r.Min))
		}
		if r.Kind == Between && n > r.Max {
			return invalidValue(name, text, "Value must be no more than "+number(r.Max))
		}
	case GzipLevel:
		if n != gzipDefault && (n < gzipMin || n > gzipMax) {
			return invalidValue(name, text, "Value must be between 1 and 9 or equal to -1")
		}
	}
	return nil
}

// checkString applies a rule for strings.
func (r Rule) checkString(name, s string) error {
	switch r.Kind {
	case OneOf:
		if !contains(r.Values, s) {
			return invalidValue(name, s, "String must be one of: "+strings.Join(r.Values, ", "))
		}
	case OneOfFold:
		for _, v := range r.Values {
			if strings.EqualFold(v, s) {
				return nil
			}
		}
		return invalidValue(name, s, "String must be one of (case insensitive): "+strings.Join(r.Values, ", "))
	case NonEmpty:
		if s == "" {
			return invalidValue(name, s, "String must be non-empty")
		}
	case AutoOffsetReset:
		return checkAutoOffsetReset(name, s)
	}
	return nil
}

// checkList applies a rule for lists.
func (r Rule) checkList(name string, items []string) error {
	switch r.Kind {
	case ThrottledReplicas:
		return checkThrottledReplicas(name, items)
	case QuorumVoters:
		_, err := parseVoters(items)
		return err
	case BootstrapServers:
		_, err := parseBootstrap(items)
		return err
	}
	if len(items) == 0 {
		switch r.Kind {
		case NonEmptyList:
			return &InvalidError{"Configuration '" + name + "' must not be empty. Valid values include: any non-empty value"}
		case NonEmptyListOf:
			return &InvalidError{"Configuration '" + name + "' must not be empty. Valid values include: [" + strings.Join(r.Values, ", ") + "]"}
		}
	}
	for _, s := range items {
		if s == "" {
			return &InvalidError{"Configuration '" + name + "' values must not be empty."}
		}
	}
	if r.Kind == ListOf || r.Kind == NonEmptyListOf {
		for _, s := range items {
			if !contains(r.Values, s) {
				return invalidValue(name, s, "String must be one of: "+strings.Join(r.Values, ", "))
			}
		}
	}
	return nil
}

// checkThrottledReplicas accepts *, nothing, or partition:broker pairs.
func checkThrottledReplicas(name string, items []string) error {
	if len(items) == 0 || len(items) == 1 && items[0] == "*" {
		return nil
	}
	for _, s := range items {
		p, b, ok := strings.Cut(s, ":")
		if !ok || !digits(p) || !digits(b) {
			return invalidValue(name, "["+strings.Join(items, ", ")+"]",
				name+" must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...")
		}
	}
	return nil
}

// isoDuration is what Java's Duration.parse accepts (ISO 8601, days at most). It
// is compiled when used, which is rarely, so that start-up does not pay for it.
const isoDuration = `(?i)^[-+]?P(?:[-+]?\d{1,18}D)?(?:T(?:[-+]?\d{1,18}H)?(?:[-+]?\d{1,18}M)?(?:[-+]?\d{1,18}(?:[.,]\d{0,9})?S)?)?$`

// checkAutoOffsetReset accepts latest, earliest and by_duration:PnDTnHnMn.nS.
func checkAutoOffsetReset(name, s string) error {
	if s == "latest" || s == "earliest" {
		return nil
	}
	if d, ok := strings.CutPrefix(s, "by_duration:"); ok {
		last := strings.ToUpper(d[max(0, len(d)-1):])
		if regexp.MustCompile(isoDuration).MatchString(d) && last != "P" && last != "T" && !strings.Contains(d, "-") {
			return nil
		}
	}
	return invalidValue(name, s, "Invalid value `"+s+"` for configuration "+name+
		". The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.")
}

func contains(values []string, s string) bool {
	for _, v := range values {
		if v == s {
			return true
		}
	}
	return false
}

func digits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// number prints a bound as Java does: no decimals when there are none.
func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

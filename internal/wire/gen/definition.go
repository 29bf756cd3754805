package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// definition is one JSON file.
type definition struct {
	APIKey                *int16            `json:"apiKey"`
	Type                  string            `json:"type"`
	Name                  string            `json:"name"`
	Listeners             []string          `json:"listeners"`
	ValidVersions         versions          `json:"validVersions"`
	FlexibleVersions      versions          `json:"flexibleVersions"`
	LatestVersionUnstable bool              `json:"latestVersionUnstable"`
	Fields                []fieldDefinition `json:"fields"`
	CommonStructs         []fieldDefinition `json:"commonStructs"`

	family family
}

// fieldDefinition is a field or a struct that several fields share.
type fieldDefinition struct {
	Name             string            `json:"name"`
	Type             string            `json:"type"`
	Versions         *versions         `json:"versions"`
	NullableVersions versions          `json:"nullableVersions"`
	TaggedVersions   versions          `json:"taggedVersions"`
	FlexibleVersions *versions         `json:"flexibleVersions"`
	Tag              *int              `json:"tag"`
	Default          defaultValue      `json:"default"`
	Fields           []fieldDefinition `json:"fields"`
}

// defaultValue is the text of a default: JSON strings, numbers and booleans all
// occur. A JSON null is the same as no default, as it is for Kafka; the default
// null is the string "null".
type defaultValue string

func (d *defaultValue) UnmarshalJSON(text []byte) error {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		*d = ""
	case string:
		*d = defaultValue(v)
	default:
		*d = defaultValue(text)
	}
	return nil
}

// maxVersion is the end of a range like "3+".
const maxVersion = 1<<15 - 1

// versions is a range of versions, both ends included. The zero value is empty,
// which is why the lower end is stored plus one.
type versions struct {
	lowPlusOne, high int
}

func versionRange(low, high int) versions {
	if low > high {
		return versions{}
	}
	return versions{low + 1, high}
}

func (v versions) low() int    { return v.lowPlusOne - 1 }
func (v versions) empty() bool { return v.lowPlusOne == 0 }

// UnmarshalJSON parses "none", "3", "3+" and "3-5".
func (v *versions) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if s == "none" || s == "" {
		*v = versions{}
		return nil
	}
	lowText, highText, isRange := strings.Cut(s, "-")
	switch {
	case strings.HasSuffix(s, "+"):
		lowText, highText = strings.TrimSuffix(s, "+"), strconv.Itoa(maxVersion)
	case !isRange:
		highText = lowText
	}
	low, errLow := strconv.Atoi(lowText)
	high, errHigh := strconv.Atoi(highText)
	if errLow != nil || errHigh != nil || low < 0 || low > high {
		return fmt.Errorf("versions %q", s)
	}
	*v = versionRange(low, high)
	return nil
}

// and returns the versions in both ranges.
func (v versions) and(o versions) versions {
	if v.empty() || o.empty() {
		return versions{}
	}
	return versionRange(max(v.low(), o.low()), min(v.high, o.high))
}

// before returns the versions of v that are lower than all of o.
func (v versions) before(o versions) versions {
	if v.empty() || o.empty() {
		return v
	}
	return versionRange(v.low(), min(v.high, o.low()-1))
}

func (v versions) contains(o versions) bool {
	return o.empty() || !v.empty() && v.low() <= o.low() && o.high <= v.high
}

// has tells whether one version is in the range.
func (v versions) has(version int) bool {
	return !v.empty() && v.low() <= version && version <= v.high
}

// String returns the range as the definitions write it.
func (v versions) String() string {
	switch {
	case v.empty():
		return "none"
	case v.high == maxVersion:
		return strconv.Itoa(v.low()) + "+"
	case v.low() == v.high:
		return strconv.Itoa(v.low())
	}
	return fmt.Sprintf("%d-%d", v.low(), v.high)
}

// condition returns the Go expression that tells whether the variable version
// is in v, given that it is in valid: "true", "false", or a comparison.
func (v versions) condition(valid versions) string {
	in := v.and(valid)
	low := fmt.Sprintf("version >= %d", in.low())
	high := fmt.Sprintf("version <= %d", in.high)
	switch {
	case in.empty():
		return "false"
	case in == valid:
		return "true"
	case in.low() == in.high:
		return fmt.Sprintf("version == %d", in.low())
	case in.high == valid.high:
		return low
	case in.low() == valid.low():
		return high
	}
	return low + " && " + high
}

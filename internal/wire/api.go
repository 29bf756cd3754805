package wire

import "iter"

// API describes one API: its key, its name, and the versions that this release
// of Kafka has. Which of them are served is not decided here.
type API struct {
	Key  int16
	Name string // "Produce"
	// MinVersion and MaxVersion are the valid versions, both included.
	MinVersion, MaxVersion int16
	// FlexibleFrom is the first version with compact lengths and tagged fields,
	// or -1 when there is none (KIP-482).
	FlexibleFrom int16
	// Listeners tells which kind of listener takes requests of this API.
	Listeners Listeners
	// LatestVersionUnstable marks a MaxVersion that is under development.
	LatestVersionUnstable bool
}

// Listeners is a set of kinds of listeners.
type Listeners uint8

// The kinds of listeners.
const (
	BrokerListener Listeners = 1 << iota
	ControllerListener
)

// Has tells whether all of other are in l.
func (l Listeners) Has(other Listeners) bool {
	return l&other == other
}

// LookupAPI returns the API with the given key, private ones included.
func LookupAPI(key int16) (API, bool) {
	low, high := 0, len(apis)
	for low < high {
		middle := (low + high) / 2
		switch {
		case apis[middle].Key == key:
			return apis[middle], true
		case apis[middle].Key < key:
			low = middle + 1
		default:
			high = middle
		}
	}
	return privateAPI(key)
}

// APIs walks over all of Kafka's APIs in the order of their keys.
func APIs() iter.Seq[API] {
	return func(yield func(API) bool) {
		for _, a := range apis {
			if !yield(a) {
				return
			}
		}
	}
}

// Valid tells whether the version exists.
func (a API) Valid(version int16) bool {
	return version >= a.MinVersion && version <= a.MaxVersion
}

// Flexible tells whether the version has compact lengths and tagged fields.
func (a API) Flexible(version int16) bool {
	return a.FlexibleFrom >= 0 && version >= a.FlexibleFrom
}

// RequestHeaderVersion returns the version of the header in front of a request:
// 1, or 2 for flexible versions.
func (a API) RequestHeaderVersion(version int16) int16 {
	if a.Flexible(version) {
		return 2
	}
	return 1
}

// ResponseHeaderVersion returns the version of the header in front of a
// response: 0, or 1 for flexible versions. ApiVersions has 0 always, because the
// client does not know yet what the server can do (KIP-511).
func (a API) ResponseHeaderVersion(version int16) int16 {
	if a.Flexible(version) && a.Key != APIKeyApiVersions {
		return 1
	}
	return 0
}

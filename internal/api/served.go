package api

import (
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/wire"
)

// served is a row of the table with its metrics, which exist from its first
// request on.
type served struct {
	row
	once     sync.Once
	api      *metrics.API
	versions []*metrics.Request // from row.min on
	noErrors *metrics.Counter
}

// measured returns the metrics of the API.
func (s *served) measured(m *metrics.Requests) *metrics.API {
	s.once.Do(func() {
		api, _ := wire.LookupAPI(s.key)
		s.api = m.API(api.Name)
		s.noErrors = s.api.Error(wire.None.Name())
		for v := s.min; v <= s.max; v++ {
			s.versions = append(s.versions, s.api.Version(v))
		}
	})
	return s.api
}

// count notes requests that were worked on together: for so long, of which they
// waited for something else.
func (s *served) count(m *metrics.Requests, version int16, took, waited time.Duration, requests int64) {
	api := s.measured(m)
	s.versions[version-s.min].Requests.Add(requests)
	api.Local.ObserveN(took-waited, requests)
	api.Remote.ObserveN(waited, requests)
}

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
}

// count notes requests that were answered together within the given time.
func (s *served) count(m *metrics.Requests, version int16, took time.Duration, requests int64) {
	s.once.Do(func() {
		api, _ := wire.LookupAPI(s.key)
		s.api = m.API(api.Name)
		for v := s.min; v <= s.max; v++ {
			s.versions = append(s.versions, s.api.Version(v))
		}
	})
	s.versions[version-s.min].Requests.Add(requests)
	s.api.Total.Observe(took)
}

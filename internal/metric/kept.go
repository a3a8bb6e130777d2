package metric

import (
	"sync"

	"leadlake"
)

// keptAnswers bounds how many answers are kept. A dashboard asks a dozen
// questions; ranges that people choose come on top.
const keptAnswers = 256

// kept holds the answers of the newest version that was asked: they stay true.
type kept struct {
	mu      sync.Mutex
	version int64
	series  map[leadlake.Query]leadlake.Series
}

func (k *kept) get(version int64, q leadlake.Query) (leadlake.Series, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	series, ok := k.series[q]
	return series, ok && k.version == version
}

// put keeps an answer, unless a newer version has been asked meanwhile.
func (k *kept) put(q leadlake.Query, series leadlake.Series) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.series != nil && series.Version < k.version:
		return
	case k.series == nil || series.Version > k.version || len(k.series) >= keptAnswers:
		k.version, k.series = series.Version, map[leadlake.Query]leadlake.Series{}
	}
	k.series[q] = series
}

package delta

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The table properties that we honour.
const (
	propAppendOnly         = "delta.appendOnly"
	propCheckpointInterval = "delta.checkpointInterval"
	propDeletedRetention   = "delta.deletedFileRetentionDuration"
	propLogRetention       = "delta.logRetentionDuration"
	propLogCleanup         = "delta.enableExpiredLogCleanup"
	propStatsAsJSON        = "delta.checkpoint.writeStatsAsJson"
	propStatsAsStruct      = "delta.checkpoint.writeStatsAsStruct"
	propStatsColumns       = "delta.dataSkippingStatsColumns"
	propIndexedColumns     = "delta.dataSkippingNumIndexedCols"
	propTargetSize         = "delta.targetFileSize"
	propVectors            = "delta.enableDeletionVectors"
)

// knownProperties are those that a writer may find set; any other might be a
// promise that we would break.
func knownProperties() []string {
	return []string{
		propAppendOnly, propCheckpointInterval, propDeletedRetention, propLogRetention, propLogCleanup,
		propStatsAsJSON, propStatsColumns, propIndexedColumns,
		"delta.minReaderVersion", "delta.minWriterVersion", // what a creator asked for; the protocol says what is
		propTargetSize, "delta.autoOptimize.optimizeWrite", "delta.autoOptimize.autoCompact", // advice on sizes
		"delta.randomizeFilePrefixes", "delta.tuneFileSizesForRewrites", "delta.sampleRetentionDuration",
		"delta.setTransactionRetentionDuration", // we keep every txn
		propStatsAsStruct,
	}
}

// promises reports whether a property set to value binds a writer. Those that
// turn something off, or ask for what we do anyway, bind nobody.
func promises(key, value string) bool {
	off := map[string]string{
		"delta.isolationLevel": "Serializable", "delta.checkpointPolicy": "classic", "delta.columnMapping.mode": "none",
		"delta.compatibility.symlinkFormatManifest.enabled": "false",
	}
	switch {
	case !strings.HasPrefix(key, "delta."), off[key] == value && value != "", strings.HasPrefix(key, "delta.enable") && value == "false":
		return false
	}
	return !slices.Contains(knownProperties(), key)
}

// appendOnly reports whether rows must not be deleted or changed.
func (m Metadata) appendOnly() bool {
	return strings.EqualFold(m.Configuration[propAppendOnly], "true")
}

// StatsColumns returns those of the columns on which new data files are to have
// statistics: the ones that the table names, or else the first 32. Lists, maps
// and structs have none.
func (m Metadata) StatsColumns(columns []Column) []Column {
	named, isNamed := m.Configuration[propStatsColumns]
	limit, err := strconv.Atoi(m.Configuration[propIndexedColumns])
	if err != nil {
		limit = 32
	}
	var found []Column
	for i, c := range columns {
		chosen := limit < 0 || i < limit
		if isNamed {
			chosen = slices.Contains(strings.Split(named, ","), c.Name)
		}
		nested := c.Type.Name == "struct" || c.Type.Name == "array" || c.Type.Name == "map"
		if chosen && !nested && !slices.Contains(m.PartitionColumns, c.Name) {
			found = append(found, c)
		}
	}
	return found
}

// checkpointInterval returns after how many commits a checkpoint is due.
func (m Metadata) checkpointInterval() int64 {
	if n, err := strconv.ParseInt(m.Configuration[propCheckpointInterval], 10, 64); err == nil && n > 0 {
		return n
	}
	return 10
}

// DeletedFileRetention returns how long a file that is not live any more is
// kept for those who still read it.
func (m Metadata) DeletedFileRetention() time.Duration {
	return m.duration(propDeletedRetention, 7*24*time.Hour)
}

// LogRetention returns how long commits are kept behind a checkpoint.
func (m Metadata) LogRetention() time.Duration {
	return m.duration(propLogRetention, 30*24*time.Hour)
}

func (m Metadata) duration(key string, otherwise time.Duration) time.Duration {
	text, ok := m.Configuration[key]
	if !ok {
		return otherwise
	}
	d, err := parseInterval(text)
	if err != nil {
		return max(otherwise, 10*365*24*time.Hour) // not understood: keep everything
	}
	return d
}

// targetSize returns how many bytes a large data file has.
func (m Metadata) targetSize() int64 {
	text := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(m.Configuration[propTargetSize])), "b")
	unit := int64(1)
	for suffix, factor := range map[string]int64{"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			text, unit = strings.TrimSpace(number), factor
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 && n <= math.MaxInt64/unit {
		return n * unit
	}
	return 128 << 20
}

var (
	intervalPart  = regexp.MustCompile(`(?i)(\d+)\s*(week|day|hour|minute|second|millisecond|microsecond)s?`)
	wholeInterval = regexp.MustCompile(`^\s*(?i:interval\b)?(\s*` + intervalPart.String() + `\b)+\s*$`)
)

// plus returns total and n units more: the longest duration there is where
// that is more, 292 years.
func plus(total time.Duration, n int64, unit time.Duration) time.Duration {
	if time.Duration(n) > (math.MaxInt64-total)/unit {
		return math.MaxInt64
	}
	return total + time.Duration(n)*unit
}

// parseInterval reads a duration as the protocol's writers put it, such as
// "interval 1 week" or "interval 2 days 3 hours". Months, which are no duration,
// and signs make all of it unreadable.
func parseInterval(text string) (time.Duration, error) {
	units := map[string]time.Duration{
		"week": 7 * 24 * time.Hour, "day": 24 * time.Hour, "hour": time.Hour, "minute": time.Minute,
		"second": time.Second, "millisecond": time.Millisecond, "microsecond": time.Microsecond,
	}
	if !wholeInterval.MatchString(text) {
		return 0, fmt.Errorf("reading interval %q: it is no list of numbers with units", text)
	}
	total := time.Duration(0)
	for _, m := range intervalPart.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseInt(m[1], 10, 32)
		if err != nil {
			return 0, fmt.Errorf("reading interval %q: %w", text, err)
		}
		total = plus(total, n, units[strings.ToLower(m[2])])
	}
	return total, nil
}

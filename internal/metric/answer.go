// Package metric says what each number means: the questions, their SQL, and the
// shape of the answers. It knows no table format and no HTTP.
package metric

import "leadlake"

// Progress compares the current period with its objectives.
type Progress struct {
	Version int64
	Period  leadlake.Period
	Today   leadlake.Date
	// Elapsed is the share of the period's working days (Monday to Friday)
	// that have begun, today included: 0 to 1.
	Elapsed float64
	Rows    []ProgressRow // in funnel order
}

// ProgressRow is one objective of a Progress.
type ProgressRow struct {
	Event      leadlake.Event
	Target     int64
	Actual     int64
	Expected   float64 // Target × Elapsed: where one should be today
	Attainment float64 // Actual / Target; 1 is reached
	Standing   leadlake.Standing
}

// Funnel compares the conversions of a range of days with their targets.
type Funnel struct {
	Version  int64
	From, To leadlake.Date // [From, To)
	Rows     []FunnelRow   // in funnel order
}

// FunnelRow is one conversion of a Funnel. Both counts are of events in the
// range: a reply counts where it arrived, whenever its contact was made.
type FunnelRow struct {
	From, To           leadlake.Stage
	FromCount, ToCount int64
	Ratio              float64 // ToCount / FromCount; 0 where FromCount is 0
	Target             float64
	Gap                float64 // Ratio - Target
	Known              bool    // whether there is a ratio: FromCount is not 0
	Standing           leadlake.Standing
}

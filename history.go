package leadlake

import "time"

// ColumnHistory holds a lead's []Change, oldest first: what Notion forgets.
const ColumnHistory = "_history"

// Change is one change of the date of an event that a sync has seen. The dates
// on which an event happened are the Old of its first change, every New, and
// the date that the lead has now.
type Change struct {
	Event    Event
	Old, New *Date     // nil where there was, or is, none
	SeenAt   time.Time // by the source's clock
	EditedAt time.Time // the lead's last edit, as the source gives it; zero where it gives none
}

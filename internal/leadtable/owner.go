package leadtable

import "leadlake"

// foreign reports whether another source than the batch's owns a stored lead.
func foreign(b leadlake.Batch, row leadlake.Stored) bool {
	return row.Lead.Text(leadlake.ColumnSource) != b.Source
}

// checkOwner refuses a batch that speaks of leads of another source, unless it
// takes them over: two sources that write one lead would undo each other. What
// nobody owns is anybody's.
func checkOwner(b leadlake.Batch, stored map[string][]leadlake.Stored) error {
	if b.TakesOver {
		return nil
	}
	var places leadlake.ForeignError
	for i, lead := range b.Leads {
		for _, row := range stored[lead.ID] {
			if foreign(b, row) && row.Lead.Text(leadlake.ColumnSource) != "" {
				places = append(places, i)
				break
			}
		}
	}
	if len(places) == 0 {
		return nil
	}
	return leadlake.Errorf(leadlake.Conflict,
		"%d of these leads belong to another source, such as the Notion database, and can be changed only there. Nothing was stored.", len(places)).Because(places)
}

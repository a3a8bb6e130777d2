package delta

import "slices"

// conflict returns why winner, which became true after the snapshot that
// change was computed from, contradicts it; "" if it does not. The rules are
// those of the protocol's serializable isolation. New metadata that binds the
// rows that are there (not one more column that may be null) has to say that
// it has read them.
func conflict(change Change, winner Commit, root string) string {
	switch {
	case winner.Protocol != nil:
		return "the protocol changed"
	case isNote(change):
		return ""
	case winner.Metadata != nil:
		return "the metadata changed"
	case sharesTxn(change, winner):
		return "the same application committed"
	case removesTwice(change, winner, root):
		return "a file was removed that this change removes, too"
	}
	if change.Rearranges || change.Reads != ReadsAllFiles {
		return ""
	}
	if slices.ContainsFunc(winner.Adds, func(a Add) bool { return a.DataChange }) {
		return "rows were added that this change should have read"
	}
	if slices.ContainsFunc(winner.Removes, func(r Remove) bool { return r.DataChange }) {
		return "rows were removed that this change has read"
	}
	return ""
}

// isNote reports whether change is one for the history alone, as vacuum's is.
func isNote(change Change) bool {
	return change.Protocol == nil && change.Metadata == nil && len(change.Adds)+len(change.Removes)+len(change.Txns) == 0
}

func sharesTxn(change Change, winner Commit) bool {
	return slices.ContainsFunc(winner.Txns, func(theirs Txn) bool {
		return slices.ContainsFunc(change.Txns, func(ours Txn) bool { return ours.AppID == theirs.AppID })
	})
}

// removesTwice compares names, not URIs: the same file can be written in
// several ways. A path that cannot be read counts as any file.
func removesTwice(change Change, winner Commit, root string) bool {
	return slices.ContainsFunc(winner.Removes, func(r Remove) bool {
		name, err := canonical(r.Path, root)
		return err != nil && len(change.Removes) > 0 || slices.Contains(change.Removes, name)
	})
}

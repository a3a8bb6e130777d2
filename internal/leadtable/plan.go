package leadtable

import (
	"cmp"
	"slices"

	"leadlake"
)

// coldRows is the size from which a file is left alone: it is rewritten only
// where a lead in it changes, and in its own place.
const coldRows = 125_000

// coldSize is about twice that in bytes: what `lake optimize` makes of the table.
// In larger files a lead that changes would have too many others rewritten.
const coldSize = "32mb"

// layout says which files a change rewrites.
type layout struct {
	// apart are files that each become one of their own, without the leads
	// that change.
	apart []leadlake.File
	// together become one file, without the leads that change and with the
	// new rows behind.
	together []leadlake.File
}

// plan chooses what to rewrite so that fresh new rows can be stored and the
// touched files' old ones go. New rows live in small files; a small file joins
// the rewrite when it is less than twice what is being written anyway. So
// their number grows with the logarithm of the rows, and a row is rewritten
// that often before it is cold.
func plan(files []leadlake.File, touched map[string]bool, fresh int) layout {
	var l layout
	var small []leadlake.File
	writing := int64(fresh)
	for _, f := range files {
		cold := f.Rows < 0 || f.Rows >= coldRows
		switch {
		case touched[f.Name] && cold:
			l.apart = append(l.apart, f)
		case touched[f.Name]:
			l.together = append(l.together, f)
			writing += f.Rows
		case !cold:
			small = append(small, f)
		}
	}
	slices.SortStableFunc(small, func(a, b leadlake.File) int { return cmp.Compare(a.Rows, b.Rows) })
	for _, f := range small {
		if f.Rows >= 2*writing || writing >= coldRows {
			break
		}
		l.together = append(l.together, f)
		writing += f.Rows
	}
	return l
}

// rewritten returns all files that go.
func (l layout) rewritten() []leadlake.File { return slices.Concat(l.apart, l.together) }

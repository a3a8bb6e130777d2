package leadtable

import (
	"cmp"
	"slices"

	"leadlake"
)

const (
	// coldRows is the size from which a file is left alone: it is rewritten only
	// where a lead in it changes, and in its own place.
	coldRows = 125_000
	// pieceRows is the size of the files into which those are cut in which a few
	// leads change: leads of one age. Changes gather where leads are young, so
	// that the next few of them rewrite few such files.
	pieceRows = 4_096
	// fewLeads is how many leads are few.
	fewLeads = 500
	// filesRows is how many rows the table has for each of its files, or more:
	// each costs a reader time.
	filesRows = 16_000
)

// coldSize is about twice that in bytes: what `lake optimize` makes of the table.
// In larger files a lead that changes would have too many others rewritten.
const coldSize = "32mb"

// layout says which files a change rewrites.
type layout struct {
	// apart are files that each become one of their own, in which the leads
	// that change stay where they are.
	apart []leadlake.File
	// together become so many files, without the leads that change and with
	// the other new rows behind, or in order of age if the files are many.
	together []leadlake.File
	into     int
}

// plan chooses what to rewrite so that the rows of m can be stored and the
// touched files' old ones go.
func plan(files []leadlake.File, m merged) layout {
	l := layout{into: 1}
	var small []leadlake.File
	changed, total := int64(m.inserted), int64(m.inserted) // rows that will be there
	for _, f := range files {
		total += max(0, f.Rows)
		if m.touched[f.Name] != nil {
			changed += max(0, f.Rows)
		}
	}
	pieces := len(m.leads) <= fewLeads && changed >= pieceRows/2
	writing := int64(len(m.leads))
	for _, f := range files {
		cold := f.Rows < 0 || f.Rows >= coldRows
		switch {
		case m.touched[f.Name] != nil && cold && !pieces:
			l.apart = append(l.apart, f)
			writing -= int64(len(m.staying(f)))
		case m.touched[f.Name] != nil:
			l.together = append(l.together, f)
			writing += f.Rows
		case !cold:
			small = append(small, f)
		}
	}
	slices.SortStableFunc(small, func(a, b leadlake.File) int { return cmp.Compare(a.Rows, b.Rows) })
	l.together = append(l.together, small[:joining(small, writing, pieces)]...)
	if pieces {
		room := 2 + total/filesRows - int64(len(files)-len(l.together))
		l.into = int(max(1, min((changed+pieceRows-1)/pieceRows, room)))
	}
	return l
}

// joining returns how many of the small files, the smallest of which come
// first, join a rewrite of so many rows: those of less than twice what is being
// written anyway. So their number grows with the logarithm of the rows, and a
// row is rewritten that often before it is cold. Where the rewrite is cut into
// pieces, only those join that are less than half of one.
func joining(small []leadlake.File, writing int64, pieces bool) int {
	for i, f := range small {
		if f.Rows >= 2*writing || writing >= coldRows || pieces && f.Rows >= pieceRows/2 {
			return i
		}
		writing += f.Rows
	}
	return len(small)
}

// staying returns the leads that stay in a file while it is rewritten.
func (m merged) staying(f leadlake.File) []leadlake.Lead {
	if m.touched[f.Name].doubled {
		return nil
	}
	return m.touched[f.Name].leads
}

// rewritten returns all files that go.
func (l layout) rewritten() []leadlake.File { return slices.Concat(l.apart, l.together) }

package leadlake

import "time"

// Snapshot is a table at one version: immutable, so that everything computed
// from it stays true.
type Snapshot struct {
	Version int64 // -1 before the first commit
	// CommittedAt is when the version was committed; zero before the first.
	CommittedAt time.Time
	Columns     []Column
	Files       []File // the live ones, ordered by name
}

// File is one immutable data file of a Snapshot.
type File struct {
	Name string // its key in the lake
	Rows int64  // -1 where unknown
	Size int64  // in bytes
}

// Rows returns how many rows the snapshot holds, -1 where that is unknown.
func (s Snapshot) Rows() int64 {
	total := int64(0)
	for _, f := range s.Files {
		if f.Rows < 0 {
			return -1
		}
		total += f.Rows
	}
	return total
}

// Stored is a lead as a data file holds it.
type Stored struct {
	Lead Lead   // with every column of the snapshot
	File string // the name of the file
	Row  int64  // its place in the file, from 0; -1 where unknown
}

// Rewrite says what goes into new data files.
type Rewrite struct {
	Folder  string   // key of the table's folder, where the files are to be
	Columns []Column // of the new files
	// StatsColumns may have their smallest and greatest values known outside
	// the files.
	StatsColumns []string
	From         []File   // files whose rows are kept, in this order,
	Without      []string // but for the leads of these ids
	Leads        []Lead   // rows that follow; columns that are unknown are null
	OrderBy      string   // a column by which all these are ordered then; "" keeps the order
	Into         int      // how many files of equally many rows; 0 is 1
	// InPlace is given where From is one file that has one row of each lead, so
	// that they may be put where those rows are; nil where they follow.
	InPlace *InPlace
}

// InPlace says more of leads and the rows that they replace.
type InPlace struct {
	Changed []string // the columns in which a lead differs from its row
	Rows    []int64  // the place in the file of each lead's row
}

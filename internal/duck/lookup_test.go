package duck_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"leadlake"
	"leadlake/internal/duck"
)

// named returns leads of which nothing but the id is known.
func named(ids ...string) []leadlake.Lead {
	leads := make([]leadlake.Lead, len(ids))
	for i, id := range ids {
		leads[i].ID = id
	}
	return leads
}

func datedColumns() []leadlake.Column {
	return []leadlake.Column{{Name: "id", Type: leadlake.Text}, {Name: "_created_time", Type: leadlake.Instant}}
}

// dated returns a lead that was created on a day; on none where it is negative.
func dated(id string, day int) leadlake.Lead {
	values := map[string]leadlake.Value{"_created_time": nil}
	if day >= 0 {
		values["_created_time"] = time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC).AddDate(0, 0, day)
	}
	return leadlake.Lead{ID: id, Values: values}
}

// TestALeadIsFoundWhereverItIs looks up leads whose rows say that they were
// created then, at another time, or at none.
func TestALeadIsFoundWhereverItIs(t *testing.T) {
	t.Parallel()
	disk, e := open(t, t.TempDir())
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 7))
		var snap leadlake.Snapshot
		in := map[string]string{} // the file of each id
		for f := range 1 + rng.IntN(4) {
			var leads []leadlake.Lead
			for i := range 1 + rng.IntN(30) {
				leads = append(leads, dated(fmt.Sprintf("%d-%d-%d", seed, f, i), rng.IntN(12)-1))
			}
			snap, _ = write(t, e, leadlake.Rewrite{Columns: datedColumns(), Leads: leads}, snap.Files...)
			for _, l := range leads {
				in[l.ID] = snap.Files[f].Name
			}
		}
		var wanted []leadlake.Lead
		there := 0
		for id := range in {
			if rng.IntN(3) > 0 {
				wanted = append(wanted, dated(id, rng.IntN(12)-1))
				there++
			}
		}
		for i := range rng.IntN(3) {
			wanted = append(wanted, dated("new-"+strconv.Itoa(i), rng.IntN(12)-1))
		}
		fresh, err := duck.Open(t.Context(), disk, duck.Options{}) // one that knows nothing of the files
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // and then does
			found, err := fresh.Lookup(t.Context(), snap, wanted)
			if err != nil || len(found) != there {
				t.Fatalf("seed %d: of %d leads %d are found, %v", seed, there, len(found), err)
			}
			for id, rows := range found {
				if len(rows) != 1 || rows[0].File != in[id] {
					t.Errorf("seed %d: lead %s is found as %v; want it in %s", seed, id, rows, in[id])
				}
			}
		}
		if err := fresh.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFilesOfAnotherTimeAreNotRead looks up leads in a table one of whose files
// holds no ids any more, but a footer that says when its leads were created.
func TestFilesOfAnotherTimeAreNotRead(t *testing.T) {
	t.Parallel()
	disk, e := open(t, t.TempDir())
	var files []leadlake.File
	for day, ids := range map[int][]string{0: {"a", "z"}, 100: {"m", "n"}} { // statistics of ids leave no file out
		snap, add := write(t, e, leadlake.Rewrite{Columns: datedColumns(), Leads: []leadlake.Lead{dated(ids[0], day), dated(ids[1], day+9)}}, files...)
		if files = snap.Files; day == 0 {
			spoilFirstPage(t, disk.Path("table/"+add.Path))
		}
	}
	snap := leadlake.Snapshot{Columns: datedColumns(), Files: files}
	found, err := e.Lookup(t.Context(), snap, []leadlake.Lead{dated("m", 100), dated("n", 109)})
	if err != nil || len(found) != 2 {
		t.Errorf("leads of the file that is well are found as %v, %v", found, err)
	}
	for what, wanted := range map[string][]leadlake.Lead{
		"one that is there and a new one": {dated("m", 100), dated("o", 100)},
		"one whose row has another time":  {dated("m", 101)},
		"one of the broken file's time":   {dated("a", 0)},
		"one of no time":                  named("m"),
	} {
		other, err := duck.Open(t.Context(), disk, duck.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if found, err := other.Lookup(t.Context(), snap, wanted); err == nil {
			t.Errorf("%s: found %v though a file that may hold it cannot be read", what, found)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// spoilFirstPage makes the first page of a Parquet file one that cannot be read.
func spoilFirstPage(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte{0xff, 0xff, 0xff, 0xff}, 4); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

package delta_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"leadlake/internal/blob/mem"
	"leadlake/internal/delta"
)

// drawChange draws a change of a table whose files are live: most are what
// programs do, all are what the protocol allows. Files that it adds have name
// in theirs, or are ones that were there before.
func drawChange(t *rapid.T, live, gone []string, name string) delta.Change {
	c := delta.Change{Operation: "TEST", Reads: rapid.SampledFrom([]delta.Reads{delta.ReadsNothing, delta.ReadsRemoved, delta.ReadsAllFiles}).Draw(t, "reads")}
	for _, file := range live {
		if c.Reads != delta.ReadsNothing && rapid.IntRange(0, 3).Draw(t, "removes "+file) == 0 {
			c.Removes = append(c.Removes, file)
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "adds") {
		c.Adds = append(c.Adds, add(fmt.Sprintf("%s-%d", name, i)).Adds...)
	}
	if c.Reads == delta.ReadsAllFiles && len(gone) > 0 && rapid.Bool().Draw(t, "brings back") {
		c.Adds = append(c.Adds, add(rapid.SampledFrom(gone).Draw(t, "file")).Adds...)
	}
	c.Rearranges = c.Reads == delta.ReadsRemoved && len(c.Adds) > 0 && rapid.Bool().Draw(t, "rearranges")
	if rapid.IntRange(0, 4).Draw(t, "application") == 0 {
		c.Txns = []delta.Txn{{AppID: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "app"), Version: rapid.Int64Range(0, 9).Draw(t, "txn")}}
	}
	return c
}

// seen is what a snapshot says.
func seen(s *delta.Snapshot) string {
	var b strings.Builder
	for name, a := range s.Files() {
		fmt.Fprintf(&b, "%s %d %v\n", name, a.Size, a.DataChange)
	}
	for _, app := range s.Applications() {
		v, _ := s.Txn(app)
		fmt.Fprintf(&b, "%s=%d\n", app, v)
	}
	fmt.Fprint(&b, s.Version(), s.Metadata(), s.Protocol())
	return b.String()
}

// TestReplayHasNoMemory: a version is the same for a table that was opened at
// any earlier one and has followed since, for one that is opened at it, and
// for one that goes back to it.
func TestReplayHasNoMemory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		bucket := &mem.Bucket{}
		follower, _ := newTable(t, bucket)
		writer := delta.Open(bucket, folder, delta.Options{})
		versions := []string{seen(latest(t, writer))}
		var gone []string
		for i := range rapid.IntRange(1, 25).Draw(rt, "commits") {
			base := latest(t, writer)
			live := files(base)
			change := drawChange(rt, live, slices.DeleteFunc(slices.Clone(gone), func(f string) bool { return slices.Contains(live, f) }), fmt.Sprint("f", i))
			must(t, writer, base, change)
			gone = append(gone, change.Removes...)
			versions = append(versions, seen(latest(t, delta.Open(bucket, folder, delta.Options{}))))
			if rapid.IntRange(0, 4).Draw(rt, "follows") == 0 {
				compare(rt, "the follower", seen(latest(t, follower)), versions[i+1])
			}
		}
		compare(rt, "the writer", seen(latest(t, writer)), versions[len(versions)-1])
		for v, want := range versions {
			snap, err := follower.At(t.Context(), int64(v))
			if err != nil {
				rt.Fatal(err)
			}
			compare(rt, "who goes back", seen(snap), want)
		}
	})
}

func compare(t *rapid.T, who, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("%s sees\n%s\nand who opens it anew\n%s", who, got, want)
	}
}

// TestConflictsAreFair draws two changes of one version and commits them in
// both orders. Where both orders work they end in the same table; removing one
// file twice works in none; blind appends always work; and two changes that
// have read everything and change rows never both hold.
func TestConflictsAreFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		live := []string{"a", "b", "late"}
		one, two := drawChange(rt, live, nil, "one"), drawChange(rt, live, nil, "two")
		first, behind := inOrder(t, one, two)
		second, ahead := inOrder(t, two, one)
		twice := slices.ContainsFunc(one.Removes, func(f string) bool { return slices.Contains(two.Removes, f) })
		sameApp := len(one.Txns) > 0 && len(two.Txns) > 0 && one.Txns[0].AppID == two.Txns[0].AppID
		blind := one.Reads == delta.ReadsNothing && two.Reads == delta.ReadsNothing
		exclusive := one.Reads == delta.ReadsAllFiles && two.Reads == delta.ReadsAllFiles && changesRows(one) && changesRows(two)
		switch {
		case behind && ahead && !slices.Equal(files(first), files(second)):
			rt.Errorf("one order ends in %v, the other in %v", files(first), files(second))
		case (twice || sameApp || exclusive) && (behind || ahead):
			rt.Errorf("both hold: %v and %v", behind, ahead)
		case blind && !sameApp && (!behind || !ahead):
			rt.Errorf("blind appends contradict each other: %v and %v", behind, ahead)
		}
	})
}

func changesRows(c delta.Change) bool { return len(c.Adds)+len(c.Removes) > 0 && !c.Rearranges }

// inOrder commits both changes to a new table, and reports whether the second
// went behind the first.
func inOrder(t *testing.T, first, second delta.Change) (*delta.Snapshot, bool) {
	t.Helper()
	table, base := newHistory(t)
	must(t, table, base, first)
	r, err := table.Commit(t.Context(), base, second)
	if err != nil {
		t.Fatal(err)
	}
	return latest(t, table), r.Outcome == delta.Committed
}

// TestPathsComeBack: a file of any name is found under that name, however much
// of its path is escaped.
func TestPathsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		part := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune(`ab %:?#&=+"'\éß漢🚀*()[]{}<>|^~@!$,;`+"\t")), rapid.Rune())).
			Filter(func(s string) bool { return s != "" && s != "." && s != ".." && !strings.ContainsAny(s, "/\x00") })
		name := strings.Join(rapid.SliceOfN(part, 1, 3).Draw(rt, "parts"), "/")
		all := rapid.Bool().Draw(rt, "escapes all")
		bucket := &mem.Bucket{}
		table, base := newTable(t, bucket)
		must(t, table, base, add(escape(name, all)))
		if got := files(latest(t, delta.Open(bucket, folder, delta.Options{}))); !slices.Equal(got, []string{name}) {
			rt.Errorf("%q, written as %q, came back as %q", name, escape(name, all), got)
		}
	})
}

// escape writes a name as a URI: every byte, or those that must be.
func escape(name string, all bool) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~!$&'()*+,;=@", c) >= 0
		if c == '/' || plain && !all {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// TestStatisticsAreBounds: what is cut off never excludes a row.
func TestStatisticsAreBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOfN(rapid.OneOf(rapid.Rune(), rapid.RuneFrom([]rune{'a', '\u007f', '\u07ff', '\ud7ff', '\ue000', '\uffff', '\U0010ffff'})), 0, 50, -1).Draw(rt, "text")
		low := delta.StringMin(text)
		high, bounded := delta.StringMax(text)
		if low > text || bounded && high < text {
			rt.Errorf("%q is not between %q and %q", text, low, high)
		}
		if !utf8.ValidString(low) || !utf8.ValidString(high) || utf8.RuneCountInString(low) > 32 || utf8.RuneCountInString(high) > 33 {
			rt.Errorf("%q or %q is too long, or no text", low, high)
		}
		if whole := utf8.RuneCountInString(text) <= 32; whole && (low != text || !bounded || high != text) {
			rt.Errorf("%q became %q and %q; it needs no cutting", text, low, high)
		}
	})
}

// TestTargetSizes: of eight files, two make one of the size that the table asks for.
func TestTargetSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"1000": 1000, "1000b": 1000, "2k": 2 << 10, "2kb": 2 << 10, "3 MB": 3 << 20, "3m": 3 << 20, "5g": 5 << 30, "5368709120": 5 << 30, "1t": 1 << 40,
		"": 128 << 20, "0": 128 << 20, "large": 128 << 20, "99999999999g": 128 << 20,
	} {
		bucket := &mem.Bucket{}
		var commit strings.Builder
		commit.WriteString(protocol12 + strings.Replace(metadata, `"configuration":{}`, fmt.Sprintf(`"configuration":{"delta.targetFileSize":%q}`, text), 1))
		for i := range 8 {
			fmt.Fprintf(&commit, `{"add":{"path":"f%d","partitionValues":{},"size":%d,"modificationTime":1,"dataChange":true}}`+"\n", i, want*2/5)
		}
		put(t, bucket, "00000000000000000000.json", []byte(commit.String()))
		table := delta.Open(bucket, folder, delta.Options{})
		if got, err := table.Optimize(t.Context(), delta.OptimizeOptions{DryRun: true}); err != nil || got.FilesBefore != 8 || got.FilesNew != 4 {
			t.Errorf("%q: %+v, %v; want 8 files that become 4", text, got, err)
		}
	}
}

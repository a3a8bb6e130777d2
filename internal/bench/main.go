// Command bench measures Leadlake against its promises and against the
// original system, everything in one run on one machine, and prints a table.
// It measures and does not judge: a target that is missed is said, and the
// exit code is 0 all the same.
//
// What is measured runs in a process of its own, made by running this program
// again, so that no case pays for the memory of another. Leads are generated
// from a seed into a temporary folder, which is removed at the end.
//
// Start reading at cases.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// settings are what a run of the benchmark can be told.
type settings struct {
	lake   bool   // measure the lake instead of the service
	only   string // the cases in whose names this stands
	leads  int    // in the big table
	lots   int    // in the very big one, 0 for none
	adds   int    // in the log that is opened
	syncs  int    // one after the other
	small  int    // in the table that the program starts on
	runs   int    // of every case; the median counts
	binary string // the program that is started and weighed
	python string // one that has deltalake, or ""
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == childFlag {
		exit(runChild(os.Args[2], os.Stdin, os.Stdout))
	}
	var s settings
	short := flag.Bool("short", false, "small tables and few runs: to try the benchmark, not to measure")
	flag.BoolVar(&s.lake, "lake", false, "measure the lake: upserts, syncs, logs")
	flag.StringVar(&s.only, "only", "", "measure only the cases in whose names this `text` stands, such as syncs")
	flag.IntVar(&s.leads, "leads", 1_000_000, "`number` of leads in the big table")
	flag.IntVar(&s.lots, "lots", 10_000_000, "with -lake: `number` of leads in the very big table; 0 leaves it out")
	flag.IntVar(&s.runs, "runs", 5, "`number` of runs of every case, of which the median counts")
	flag.StringVar(&s.binary, "binary", filepath.Join("bin", "leadlake"), "the `program` to start and to weigh")
	flag.StringVar(&s.python, "python", oraclePython(), "a Python that has deltalake; none: that comparison is left out")
	flag.Parse()
	s.adds, s.syncs = 300_000, 1000
	if *short {
		s.leads, s.lots, s.runs, s.adds, s.syncs = min(s.leads, 20_000), min(s.lots, 20_000), 2, 2000, 20
	}
	s.small = max(s.leads/10, 1)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, s)
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, s settings) (err error) {
	work, err := os.MkdirTemp("", "leadlake-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	start := time.Now()
	fmt.Fprintf(os.Stderr, "generating %d and %d leads …\n", s.leads, s.small)
	b := bench{settings: s, work: work, big: filepath.Join(work, "big"), little: filepath.Join(work, "little")}
	if err := b.generate(ctx); err != nil {
		return err
	}
	fmt.Printf("Leadlake, measured: %d leads in %d files, seed %d (start and idle: %d leads in %d commits);\n"+
		"median of %d runs; %s/%s, %d cores. CPU is user + system time of the process that does the work; MB are 10^6 bytes.\n\n",
		s.leads, filesFor(s.leads), seed, s.small, commitsFor(s.small), s.runs, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	var rows []row
	cases := b.cases()
	if s.lake {
		cases = b.lakeCases()
	}
	cases = slices.DeleteFunc(cases, func(c benchCase) bool { return !strings.Contains(c.name, s.only) })
	for _, c := range cases {
		fmt.Fprintf(os.Stderr, "%4.0f s  %s …\n", time.Since(start).Seconds(), c.name)
		measured, err := c.measure(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		rows = append(rows, measured...)
	}
	if err := printTable(os.Stdout, rows); err != nil {
		return err
	}
	fmt.Printf("\nAll of it took %.0f s. Only figures of one run compare; a missed target does not change the exit code.\n", time.Since(start).Seconds())
	return nil
}

// bench is one run of the benchmark.
type bench struct {
	settings

	work, big, little string // folders: everything, the big lake, the lake to start on
}

// benchCase measures one thing, or things that are measured together.
type benchCase struct {
	name    string
	measure func(context.Context) ([]row, error)
}

func (b bench) cases() []benchCase {
	return []benchCase{
		{"week count, nothing cached, against the original's SQL", b.countRows},
		{"the API, warm, against a bare handler", b.apiRows},
		{"start and idle", b.startRows},
		{"size", b.sizeRows},
	}
}

func (b bench) lakeCases() []benchCase {
	return []benchCase{
		{"upserts, against deltalake", b.upsertRows},
		{"syncs as a server does them", b.syncRows},
		{"many syncs and what they leave", b.foldRows},
		{"opening long logs, against deltalake", b.logRows},
		{"a very big table", b.lotsRows},
	}
}

// hasBinary reports whether there is a program to start and to weigh.
func (b bench) hasBinary() bool {
	_, err := os.Stat(b.binary)
	return err == nil
}

func (b bench) sizeRows(context.Context) ([]row, error) {
	if !b.hasBinary() {
		return []row{{what: "size of the binary", note: "no " + b.binary + ": make build"}}, nil
	}
	info, err := os.Stat(b.binary)
	if err != nil {
		return nil, err
	}
	size := float64(info.Size()) / 1e6
	return []row{{what: "size of the binary", ours: megabytes(size), target: "≤ 80 MB", met: verdict(size <= 80)}}, nil
}

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// childFlag is how the program is told to measure one thing in itself.
const childFlag = "-child"

// task is what a child is asked to do.
type task struct {
	Lake  string   // folder
	To    string   // for logs: the folder of the lake to make
	Leads int      // that the lake was made with
	Batch int      // for generate: leads per commit
	Lots  bool     // for upsert: the table is the very big one
	Runs  int      // of the thing that is measured
	Pick  pickKind // for upsert: which leads
	Count int      // for upsert: how many; for logs: adds, or commits
}

// usage is what something cost the process that did it.
type usage struct {
	CPU    float64 // seconds, user + system
	PeakMB float64 // of resident memory, since the process began
}

// runChild does what it is called and prints the result as JSON.
func runChild(name string, in io.Reader, out io.Writer) error {
	var t task
	if err := json.NewDecoder(in).Decode(&t); err != nil {
		return fmt.Errorf("reading the task: %w", err)
	}
	ctx := context.Background()
	if name == "api" {
		return serveAPI(ctx, t, out)
	}
	do, ok := tasks()[name]
	if !ok {
		return fmt.Errorf("there is no task %q", name)
	}
	result, err := do(ctx, t)
	return errors.Join(err, json.NewEncoder(out).Encode(result))
}

// tasks are what a child can be asked to do once, by name.
func tasks() map[string]func(context.Context, task) (any, error) {
	return map[string]func(context.Context, task) (any, error){
		"generate":   func(ctx context.Context, t task) (any, error) { return nil, generate(ctx, t) },
		"lots":       func(ctx context.Context, t task) (any, error) { return nil, generateLots(ctx, t) },
		"count":      func(ctx context.Context, t task) (any, error) { return measureCount(ctx, t) },
		"upsert":     func(ctx context.Context, t task) (any, error) { return measureUpsert(ctx, t) },
		"edits":      func(ctx context.Context, t task) (any, error) { return generateEdits(ctx, t) },
		"syncs":      func(ctx context.Context, t task) (any, error) { return measureSyncs(ctx, t) },
		"folded":     func(ctx context.Context, t task) (any, error) { return measureFolded(ctx, t) },
		"log":        func(ctx context.Context, t task) (any, error) { return nil, generateLog(ctx, t) },
		"open":       func(ctx context.Context, t task) (any, error) { return measureOpen(ctx, t) },
		"checkpoint": func(ctx context.Context, t task) (any, error) { return measureCheckpoint(ctx, t) },
	}
}

// child runs a task in a new process and decodes its result.
func child[T any](ctx context.Context, name string, t task) (result T, err error) {
	cmd, err := childCommand(ctx, name, t)
	if err != nil {
		return result, err
	}
	out, err := cmd.Output()
	if err != nil {
		return result, fmt.Errorf("measuring %s: %w", name, err)
	}
	return result, json.Unmarshal(out, &result)
}

func childCommand(ctx context.Context, name string, t task) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	asked, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, childFlag, name) //nolint:gosec // this program itself
	cmd.Stdin, cmd.Stderr = bytes.NewReader(asked), os.Stderr
	return cmd, nil
}

// cost runs do and returns what it cost this process.
func cost(do func() error) (usage, error) {
	before := cpuSeconds()
	err := do()
	return usage{CPU: cpuSeconds() - before, PeakMB: peakMB()}, err
}

// cpuSeconds returns the CPU time that this process has used.
func cpuSeconds() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return (time.Duration(r.Utime.Nano()) + time.Duration(r.Stime.Nano())).Seconds()
}

// peakMB returns the most memory that this process has had resident. Not
// getrusage: its figure is inherited from the process that started this one.
func peakMB() float64 { return statusMB("self", "VmHWM") }

// statusMB returns a figure of /proc/PID/status in MB, 0 where there is none.
func statusMB(pid, field string) float64 {
	status, _ := os.ReadFile("/proc/" + pid + "/status") //nolint:gosec // a fixed folder
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			kB, _ := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kB * 1024 / 1e6
		}
	}
	return 0
}

func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

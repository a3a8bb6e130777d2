package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/journal"
	"leadlake/internal/leadtable"
)

// Part is one file of a bundle.
type Part struct {
	Name    string
	Content []byte
}

// bundleTime is how long one part of a bundle may take.
const bundleTime = 20 * time.Second

// Bundle collects what helps somebody else to find out what is wrong: versions,
// settings without secrets, the last runs, the shape of the lake, what the
// doctor finds, and what a server that runs says of itself. Nothing of a lead is
// in it. problem is what is wrong with the settings, nil where nothing is. What
// cannot be had is a part that says so.
func Bundle(ctx context.Context, c config.Config, problem error, o Options) []Part {
	var parts []Part
	add := func(name string, make func(context.Context) (any, error)) {
		ctx, cancel := context.WithTimeout(ctx, bundleTime)
		defer cancel()
		parts = append(parts, part(ctx, name, make))
	}
	add("version.json", func(context.Context) (any, error) { return ThisProgram(), nil })
	add("machine.txt", func(context.Context) (any, error) { return machine(c), nil })
	add("config.json", func(context.Context) (any, error) { return c.Describe(), nil })
	if problem != nil {
		add("config-problems.txt", func(context.Context) (any, error) { return leadlake.MessageOf(problem), nil })
		return parts
	}
	add("runs.json", func(ctx context.Context) (any, error) { return reports(ctx, c) })
	for _, folder := range []string{leadtable.Folder, journal.RunsFolder, journal.SchemaFolder} {
		add("lake-"+folder+".json", func(ctx context.Context) (any, error) { return describeTable(ctx, c, folder) })
	}
	add("doctor.json", func(ctx context.Context) (any, error) {
		d, err := Doctor(ctx, c, o)
		return map[string]any{"checks": d.Examined, "mapping": d.Mapping}, err
	})
	for name, address := range serverPages(c) {
		add("server-"+name, func(ctx context.Context) (any, error) { return fetch(ctx, address) })
	}
	slices.SortFunc(parts, func(a, b Part) int { return strings.Compare(a.Name, b.Name) })
	return parts
}

// part makes a file of what is text or bytes as it is, and of all else JSON.
func part(ctx context.Context, name string, make func(context.Context) (any, error)) Part {
	made, err := make(ctx)
	if err != nil {
		message := leadlake.MessageOf(err)
		if message == "" {
			message = err.Error()
		}
		return Part{name, []byte("This could not be had: " + message + "\n")}
	}
	switch made := made.(type) {
	case string:
		return Part{name, []byte(made + "\n")}
	case []byte:
		return Part{name, made}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(made); err != nil {
		return Part{name, []byte("This could not be written: " + err.Error() + "\n")}
	}
	return Part{name, out.Bytes()}
}

// report is a run as a bundle has it: how it went, and no page.
type report struct {
	ID            string    `json:"id"`
	Mode          string    `json:"mode"`
	Started       time.Time `json:"started_at"`
	Finished      time.Time `json:"finished_at"`
	Before        int64     `json:"version_before"`
	Version       int64     `json:"version"`
	Seen          int       `json:"seen"`
	Changed       int       `json:"changed"`
	Held          int       `json:"held"`
	Requests      int       `json:"requests"`
	Retries       int       `json:"retries"`
	WaitedSeconds float64   `json:"waited_seconds"`
	Warnings      []string  `json:"warnings"`
	Drifts        int       `json:"drifts"`
	Failure       string    `json:"failure"`
	FailureKind   string    `json:"failure_kind"`
}

func reports(ctx context.Context, c config.Config) ([]report, error) {
	const last = 30
	runs, err := Runs(ctx, c, last)
	out := make([]report, 0, len(runs))
	for _, run := range runs {
		r := report{
			ID: run.ID, Mode: string(run.Mode), Started: run.StartedAt, Finished: run.FinishedAt, Before: run.Before, Version: run.Version,
			Seen: run.Seen, Changed: run.Inserted + run.Updated, Held: run.Held, Requests: run.Requests, Retries: run.Retries,
			WaitedSeconds: run.Waited.Seconds(), Drifts: len(run.Drift),
		}
		for _, w := range run.Warnings {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%d × %s", w.Count, w.Text))
		}
		if run.Err != nil {
			r.Failure, r.FailureKind = leadlake.MessageOf(run.Err), fmt.Sprint(leadlake.KindOf(run.Err))
		}
		out = append(out, r)
	}
	return out, err
}

func describeTable(ctx context.Context, c config.Config, folder string) (any, error) {
	table, err := OpenTable(ctx, c, strings.TrimSuffix(c.Lake, "/")+"/"+folder, true)
	if err != nil {
		return nil, err
	}
	info, err := table.Info(ctx, Moment{})
	return info, errors.Join(err, table.Close())
}

// serverPages returns what a server of this configuration says of itself, by
// the name of a file.
func serverPages(c config.Config) map[string]string {
	pages := map[string]string{
		"healthz.json": c.Addr + "/healthz", "readyz.json": c.Addr + "/readyz", "status.json": c.Addr + "/api/v1/ingestion/status",
	}
	if c.MetricsAddr != "" {
		pages["metrics.txt"] = c.MetricsAddr + "/metrics"
		pages["log-level.txt"] = c.MetricsAddr + "/debug/log-level"
		pages["goroutines.txt"] = c.MetricsAddr + "/debug/pprof/goroutine?debug=2"
	}
	return pages
}

func fetch(ctx context.Context, address string) (body []byte, err error) {
	const most = 16 << 20
	client := &http.Client{Timeout: remotePatience}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address, http.NoBody)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, errors.New(unreachable("http://"+address, err))
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	return io.ReadAll(io.LimitReader(answer.Body, most))
}

// machine tells of the machine and what of it the program may use. Its name is
// left out: it is often a person's.
func machine(c config.Config) string {
	var out strings.Builder
	fmt.Fprintf(&out, "time: %s\nsystem: %s/%s\nprocessors: %d, in use %d\n",
		time.Now().Format(time.RFC3339), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.GOMAXPROCS(0))
	if free, total, known := space(c.Lake); known {
		fmt.Fprintf(&out, "disk of the lake: %d MB free of %d MB\n", free>>20, total>>20)
	}
	for _, file := range []string{
		"/etc/os-release", "/proc/sys/kernel/osrelease", "/proc/meminfo", "/proc/pressure/io",
		"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/cpu.max", "/proc/self/limits",
	} {
		if content, err := os.ReadFile(filepath.Clean(file)); err == nil {
			fmt.Fprintf(&out, "\n%s:\n%s\n", file, bytes.TrimSpace(content))
		}
	}
	return out.String()
}

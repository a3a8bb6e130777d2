package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const weekPath = "/api/v1/transformation/count_date_by_week"

// served is a running `leadlake serve`.
type served struct {
	cmd   *exec.Cmd
	url   string
	ready time.Duration // from exec to readiness
	first time.Duration // from exec to the first answer
}

// serve starts the program on the little lake, without a Notion database, and
// waits for its first answer.
func (b bench) serve(ctx context.Context) (s served, err error) {
	binary, err := filepath.Abs(b.binary)
	if err != nil {
		return s, err
	}
	s.cmd = exec.CommandContext(ctx, binary, "serve", "--lake", b.little, "--addr", "127.0.0.1:0") //nolint:gosec // chosen by who runs this
	s.cmd.Dir, s.cmd.Env = b.work, []string{"HOME=" + b.work}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return s, err
	}
	start := time.Now()
	if err := s.cmd.Start(); err != nil {
		return s, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return s, errors.Join(fmt.Errorf("waiting for %s to say its address: %w", b.binary, err), s.stop())
	}
	s.url = strings.TrimSpace(line)
	if err := get(ctx, s.url+"/readyz"); err != nil {
		return s, errors.Join(err, s.stop())
	}
	s.ready = time.Since(start)
	err = get(ctx, s.url+weekPath)
	s.first = time.Since(start)
	if err != nil {
		return s, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s served) stop() error {
	err := s.cmd.Process.Signal(syscall.SIGTERM)
	return errors.Join(err, s.cmd.Wait())
}

func get(ctx context.Context, url string) (err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("asking %s: %s", url, response.Status)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// idleAfter is how long the program is left alone before its memory counts.
const idleAfter = 5 * time.Second

func (b bench) startRows(ctx context.Context) ([]row, error) {
	if !b.hasBinary() {
		return []row{{what: "start and idle memory", note: "no " + b.binary + ": make build"}}, nil
	}
	var ready, first, cpu []float64
	for range max(b.runs, 3) + 1 { // the first is a warm-up of the disk's cache
		s, err := b.serve(ctx)
		if err != nil {
			return nil, err
		}
		if err := s.stop(); err != nil {
			return nil, err
		}
		ready, first = append(ready, s.ready.Seconds()), append(first, s.first.Seconds())
		cpu = append(cpu, (s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime()).Seconds())
	}
	idle, peak, err := b.idleMemory(ctx)
	if err != nil {
		return nil, err
	}
	start, answer := median(ready[1:]), median(first[1:])
	return []row{
		{what: fmt.Sprintf("start to /readyz, %d leads (wall)", b.small), ours: seconds(start), target: "≤ 150 ms", met: verdict(start <= 0.150)},
		{what: "start to the first week count (wall)", ours: seconds(answer), target: "≤ 150 ms", met: verdict(answer <= 0.150)},
		{what: "start, week count, stop (CPU)", ours: seconds(median(cpu[1:]))},
		{what: "idle memory", ours: megabytes(idle), target: "≤ 100 MB", met: verdict(idle <= 100)},
		{what: "its peak", ours: megabytes(peak)},
	}, nil
}

// idleMemory returns what the program holds, and has held at most, some
// seconds after a few requests.
func (b bench) idleMemory(ctx context.Context) (idle, peak float64, err error) {
	s, err := b.serve(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	for range 20 {
		for _, path := range []string{weekPath, "/api/v1/transformation/count_date_by_month", "/api/v1/conversion", "/fr/"} {
			if err := get(ctx, s.url+path); err != nil {
				return 0, 0, err
			}
		}
	}
	select {
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	case <-time.After(idleAfter):
	}
	pid := strconv.Itoa(s.cmd.Process.Pid)
	return statusMB(pid, "VmRSS"), statusMB(pid, "VmHWM"), nil
}

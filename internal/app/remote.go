package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"leadlake"
)

// remoteAnswer is what is read of the answers of a server, whichever version
// of the program it is.
type remoteAnswer struct {
	Status  string   `json:"status"`
	Reasons []string `json:"reasons"`
	Version string   `json:"version"`
}

// remoteStatus is the same of what it says of the ingestion.
type remoteStatus struct {
	Version          *int64                 `json:"version"`
	Rows             int64                  `json:"rows"`
	FreshnessSeconds *float64               `json:"freshness_seconds"`
	Demo             bool                   `json:"demo"`
	Source           *struct{ Name string } `json:"source"`
}

// remotePatience is how long a server may take for an answer.
const remotePatience = 5 * time.Second

// DoctorRemote asks a server that runs elsewhere, or here, how it is. What
// keeps it from answering is wrong, what is degraded a note. An error is a
// mistake in the address, or that of ctx.
func DoctorRemote(ctx context.Context, address string, o Options) (Diagnosis, error) {
	var d Diagnosis
	base, err := remoteBase(address)
	if err != nil {
		return d, err
	}
	client := &http.Client{Timeout: remotePatience}
	defer client.CloseIdleConnections()
	var alive, ready remoteAnswer
	begun := time.Now()
	if _, err := ask(ctx, client, base+"/healthz", &alive); err != nil {
		d.add("server", Wrong, "%s", unreachable(base, err))
		return d, ctx.Err()
	}
	d.add("server", Fine, "It answers, after %d ms", time.Since(begun).Milliseconds())
	if ours := o.Version; alive.Version != "" {
		state, beside := Fine, ""
		if ours != "" && ours != alive.Version {
			state, beside = Note, ", and this program "+ours
		}
		d.add("version", state, "The server is %s%s", alive.Version, beside)
	}
	switch _, err := ask(ctx, client, base+"/readyz", &ready); {
	case err != nil:
		d.add("ready", Wrong, "%s", unreachable(base, err))
	default:
		d.readiness(ready)
	}
	var status remoteStatus
	if code, err := ask(ctx, client, base+"/api/v1/ingestion/status", &status); err == nil && code == http.StatusOK {
		d.ingestion(status)
	} else if err == nil {
		d.add("leads", Note, "The server does not tell what it holds (%d)", code)
	}
	return d, ctx.Err()
}

// remoteBase returns the address of a server as requests need it.
func remoteBase(address string) (string, error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" {
		return "", leadlake.Errorf(leadlake.Invalid, "This is not the address of a server: write one like http://127.0.0.1:8000")
	}
	return strings.TrimSuffix(u.String(), "/"), nil
}

// ask reads the JSON at an address, whatever the status.
func ask(ctx context.Context, client *http.Client, address string, into any) (code int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	const most = 1 << 20
	if err := json.NewDecoder(io.LimitReader(answer.Body, most)).Decode(into); err != nil {
		return answer.StatusCode, errors.New("something else than Leadlake answers")
	}
	return answer.StatusCode, nil
}

func unreachable(base string, err error) string {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		if err = failed.Err; failed.Timeout() {
			return fmt.Sprintf("No answer from %s within %s. Does the server hang?", base, remotePatience)
		}
	}
	return fmt.Sprintf("%s cannot be asked (%v). Is leadlake serve running there?", base, err)
}

func (d *Diagnosis) readiness(a remoteAnswer) {
	state := Note
	switch a.Status {
	case "ok":
		d.add("ready", Fine, "It can answer")
		return
	case "degraded":
	default:
		if state = Wrong; len(a.Reasons) == 0 {
			a.Reasons = []string{"It cannot answer, and does not say why"}
		}
	}
	for _, reason := range a.Reasons {
		d.add("ready", state, "%s", reason)
	}
}

func (d *Diagnosis) ingestion(s remoteStatus) {
	from := ""
	switch {
	case s.Demo:
		from = " of the demo"
	case s.Source != nil:
		from = " of " + s.Source.Name
	}
	version := ""
	if s.Version != nil {
		version = fmt.Sprintf(", in version %d", *s.Version)
	}
	d.add("leads", Fine, "It holds %s%s%s", many(int(s.Rows), "lead", "leads"), from, version)
	if s.FreshnessSeconds != nil {
		d.add("sync", Fine, "The last one succeeded %s ago", (time.Duration(*s.FreshnessSeconds) * time.Second).Round(time.Second))
	}
}

package telemetry

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is what a metric does over time.
type Kind string

// The kinds.
const (
	Histogram Kind = "histogram" // how long something took, and how often it happened
	Counter   Kind = "counter"   // only grows
	Gauge     Kind = "gauge"     // goes up and down
)

// Instrument is one metric.
type Instrument struct {
	Name       string // as OTLP has it
	Kind       Kind
	Unit       string
	Text       string   // what it says, a sentence
	Attributes []string // what it is divided by

	bounds []float64 // of a histogram
}

// Prometheus returns the name that /metrics has, without the _bucket, _sum and
// _count of a histogram.
func (i Instrument) Prometheus() string {
	name := strings.ReplaceAll(i.Name, ".", "_")
	switch i.Unit {
	case "s":
		name += "_seconds"
	case "By":
		name += "_bytes"
	}
	if i.Kind == Counter {
		name += "_total"
	}
	return name
}

// The names of the metrics.
const (
	requestDuration  = "http.server.request.duration"
	answerDuration   = "leadlake.answer.duration"
	queryDuration    = "db.client.operation.duration"
	downloadDuration = "leadlake.download.duration"
	syncDuration     = "leadlake.sync.duration"
	stepDuration     = "leadlake.sync.step.duration"
	notionDuration   = "http.client.request.duration"
	waitDuration     = "leadlake.notion.wait.duration"
	commitDuration   = "leadlake.commit.duration"
	leadsChanged     = "leadlake.leads.changed"
	itemsDropped     = "leadlake.telemetry.dropped"
	lakeVersion      = "leadlake.lake.version"
	lakeRows         = "leadlake.lake.rows"
	lakeFiles        = "leadlake.lake.files"
	lakeSmallFiles   = "leadlake.lake.small_files"
	lakeSize         = "leadlake.lake.size"
	logCommits       = "leadlake.log.commits"
	dataAge          = "leadlake.data.age"
	syncFailing      = "leadlake.sync.failing"
	deletionsHeld    = "leadlake.deletions.held"
	diskFree         = "leadlake.disk.free"
	diskSize         = "leadlake.disk.size"
	configReloaded   = "leadlake.config.last_reload_successful"
	buildInfo        = "leadlake.build.info"
	goroutines       = "go.goroutines"
	memoryUsed       = "go.memory.used"
)

// Instruments returns every metric, in the order of a reader's interest. The
// caller owns the slice.
func Instruments() []Instrument {
	return slices.Concat(lakeInstruments(), workInstruments(), programInstruments())
}

func lakeInstruments() []Instrument {
	return []Instrument{
		{Name: dataAge, Kind: Gauge, Unit: "s", Text: "Time since the last sync that succeeded."},
		{Name: syncFailing, Kind: Gauge, Unit: "{sync}", Text: "1 while the last sync failed, else 0."},
		{Name: deletionsHeld, Kind: Gauge, Unit: "{lead}", Text: "Leads that are gone from Notion and were not marked as gone, because they are suspiciously many."},
		{Name: lakeVersion, Kind: Gauge, Unit: "{version}", Text: "Newest version of the table of leads."},
		{Name: lakeRows, Kind: Gauge, Unit: "{lead}", Text: "Leads in the newest version."},
		{Name: lakeFiles, Kind: Gauge, Unit: "{file}", Text: "Data files of the newest version."},
		{Name: lakeSmallFiles, Kind: Gauge, Unit: "{file}", Text: "Those of them that are smaller than 1 MiB."},
		{Name: lakeSize, Kind: Gauge, Unit: "By", Text: "Size of the data files of the newest version."},
		{Name: logCommits, Kind: Gauge, Unit: "{commit}", Text: "Commits since the last checkpoint: what has to be read to open the table."},
		{Name: diskFree, Kind: Gauge, Unit: "By", Text: "Free space on the disk of the lake, or of the cache of a bucket."},
		{Name: diskSize, Kind: Gauge, Unit: "By", Text: "Size of that disk."},
	}
}

// shortTimes are for what somebody waits for, longTimes for what goes on by
// itself; in seconds.
func shortTimes() []float64 {
	return []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
}

func longTimes() []float64 {
	return []float64{0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600}
}

func workInstruments() []Instrument {
	return []Instrument{
		{
			Name: requestDuration, Kind: Histogram, Unit: "s", bounds: shortTimes(),
			Text:       "Duration of requests to the API and the dashboard. The stream of events lasts a minute by design.",
			Attributes: []string{"http.request.method", "http.route", "http.response.status_code", "url.scheme", "error.type"},
		},
		{
			Name: answerDuration, Kind: Histogram, Unit: "s", bounds: shortTimes(),
			Text: "Duration of answering a question about the leads.", Attributes: []string{"leadlake.answer.kept"},
		},
		{
			Name: queryDuration, Kind: Histogram, Unit: "s", bounds: shortTimes(),
			Text: "Duration of work in DuckDB.", Attributes: []string{"db.system.name", "db.operation.name", "error.type"},
		},
		{
			Name: downloadDuration, Kind: Histogram, Unit: "s", bounds: shortTimes(),
			Text: "Duration of bringing a file of a bucket into the cache: those that were not there yet.", Attributes: []string{"error.type"},
		},
		{
			Name: syncDuration, Kind: Histogram, Unit: "s", bounds: longTimes(),
			Text: "Duration of syncs.", Attributes: []string{"leadlake.sync.mode", "leadlake.sync.outcome"},
		},
		{
			Name: stepDuration, Kind: Histogram, Unit: "s", bounds: longTimes(),
			Text: "Duration of the steps of a sync beside the reading.", Attributes: []string{"leadlake.sync.step", "error.type"},
		},
		{
			Name: notionDuration, Kind: Histogram, Unit: "s", bounds: shortTimes(),
			Text:       "Duration of requests to Notion.",
			Attributes: []string{"http.request.method", "url.template", "http.response.status_code", "server.address", "error.type"},
		},
		{
			Name: waitDuration, Kind: Histogram, Unit: "s", bounds: longTimes(),
			Text: "Duration of pauses between requests to Notion.", Attributes: []string{"leadlake.notion.wait.reason"},
		},
		{
			Name: commitDuration, Kind: Histogram, Unit: "s", bounds: shortTimes(),
			Text:       "Duration of commits to the tables of the lake; their number by outcome is its count.",
			Attributes: []string{"leadlake.commit.operation", "leadlake.commit.outcome"},
		},
		{
			Name: leadsChanged, Kind: Counter, Unit: "{lead}",
			Text: "Leads that were stored, by what happened to them.", Attributes: []string{"leadlake.lead.change"},
		},
	}
}

func programInstruments() []Instrument {
	return []Instrument{
		{
			Name: itemsDropped, Kind: Counter, Unit: "{item}",
			Text:       "Spans, log lines and exports of metrics that could not be delivered.",
			Attributes: []string{"leadlake.telemetry.signal", "leadlake.telemetry.reason"},
		},
		{Name: configReloaded, Kind: Gauge, Unit: "{reload}", Text: "1 where the configuration was taken when it was last read anew, 0 where it was refused."},
		{Name: buildInfo, Kind: Gauge, Unit: "{build}", Text: "Always 1; its attributes say which program this is.", Attributes: []string{"service.version", "process.runtime.version"}},
		{Name: goroutines, Kind: Gauge, Unit: "{goroutine}", Text: "Goroutines of the process."},
		{Name: memoryUsed, Kind: Gauge, Unit: "By", Text: "Memory that the Go runtime has from the system; DuckDB's comes on top."},
	}
}

// Documentation returns the metrics as a table in Markdown.
func Documentation() string {
	var out strings.Builder
	out.WriteString("| for Prometheus | by OTLP | kind | what it says | divided by |\n| --- | --- | --- | --- | --- |\n")
	for _, i := range Instruments() {
		divided := make([]string, len(i.Attributes))
		for n, name := range i.Attributes {
			divided[n] = "`" + name + "`"
		}
		fmt.Fprintf(&out, "| `%s` | `%s` | %s | %s | %s |\n", i.Prometheus(), i.Name, i.Kind, i.Text, strings.Join(divided, ", "))
	}
	return out.String()
}

package app

import (
	"log/slog"
	"os"
	"time"

	"leadlake"
	"leadlake/internal/config"
	"leadlake/internal/telemetry"
)

// Options are what the product can be told beside its configuration; the zero
// Options are fine.
type Options struct {
	Version string                            // of the program
	Log     *slog.Logger                      // takes the log in place of Stderr
	Stderr  Stderr                            // default discards the log
	Report  func(leadlake.Run)                // hears the progress of every run
	Tell    func(sentence string)             // hears what a person should know; default the log of what is served
	Ready   func(url string, serving Serving) // is told once the page can be opened
	Stage   func(Stage)                       // hears what becomes of the process while it serves
	Now     func() time.Time                  // default time.Now

	// Sources is where the configuration was read. What changes there while it
	// is served is taken; nil is nothing.
	Sources *config.Sources
	// Reload asks for a look there at once; else it is looked every second.
	Reload <-chan os.Signal
	// Reloaded hears the outcome of every change: the configuration from now on,
	// and why the change was refused, nil where it was taken.
	Reloaded func(config.Config, error)

	telemetry *telemetry.Telemetry // never nil after withDefaults
}

// Stage is what a process that serves is at.
type Stage string

// The stages.
const (
	Running   Stage = "running" // it can answer; also after a reload
	Reloading Stage = "reloading"
	Stopping  Stage = "stopping"
)

// Serving says whose leads are served.
type Serving string

// What can be served.
const (
	OwnNotion Serving = "notion" // a lake that follows the team's Notion database
	OwnLake   Serving = "lake"   // a lake as it is, no Notion connected
	Demo      Serving = "demo"   // made-up leads
)

func (o Options) withDefaults() Options {
	if o.telemetry == nil {
		o.telemetry = telemetry.Off(telemetry.Options{Version: o.Version, Log: o.handler(config.Config{LogEmoji: true}), Quiet: o.Stderr.Quiet})
		o.Log = o.telemetry.Log()
	}
	if o.Report == nil {
		o.Report = func(leadlake.Run) {}
	}
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	if o.Ready == nil {
		o.Ready = func(string, Serving) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Stage == nil {
		o.Stage = func(Stage) {}
	}
	if o.Reloaded == nil {
		o.Reloaded = func(config.Config, error) {}
	}
	return o
}

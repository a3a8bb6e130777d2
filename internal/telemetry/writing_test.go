package telemetry_test

import (
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// writing is a log that can be read while it is written.
type writing struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *writing) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *writing) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func (w *writing) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Reset()
}

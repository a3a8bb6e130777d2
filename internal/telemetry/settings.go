package telemetry

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// plan is what the settings ask for.
type plan struct {
	prometheus bool
	targets    map[signal]target // by signal, of those that leave
	service    string
	resource   []attribute.KeyValue
	sampler    sdktrace.Sampler
	propagator propagation.TextMapPropagator
	spans      limits
	logs       limits
	every      time.Duration // between two exports of metrics
	timeout    time.Duration // of one
}

// limits are those of a queue.
type limits struct {
	queue, batch   int
	delay, timeout time.Duration
}

// planOf reads the settings.
func planOf(s Settings) (plan, error) {
	v := &variables{of: s.OTel}
	p := plan{prometheus: s.Prometheus, targets: map[signal]target{}}
	p.service, p.resource = v.resource()
	p.sampler = v.sampler()
	p.propagator = v.propagator()
	p.spans = v.limits("OTEL_BSP_", 5*time.Second)
	p.logs = v.limits("OTEL_BLRP_", time.Second)
	p.every = v.milliseconds("OTEL_METRIC_EXPORT_INTERVAL", time.Minute)
	p.timeout = v.milliseconds("OTEL_METRIC_EXPORT_TIMEOUT", 30*time.Second)
	if !v.isTrue("OTEL_SDK_DISABLED") {
		for _, name := range signals() {
			if t, leaves := v.target(name, s.LogfireToken); leaves {
				p.targets[name] = t
			}
		}
	}
	return p, v.err
}

// Destinations returns where each signal would go, by its name, without what
// may be secret in an address; nothing where nothing leaves.
func Destinations(s Settings) (map[string]string, error) {
	p, err := planOf(s)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for name, to := range p.targets {
		all[string(name)] = to.url.Scheme + "://" + to.url.Host + to.url.Path
	}
	return all, nil
}

// variables are the standard ones, read with the first complaint kept.
type variables struct {
	of  map[string]string
	err error
}

func (v *variables) text(name string) string { return strings.TrimSpace(v.of[name]) }

// complain says what is wrong with a variable. It does not repeat the value,
// which may be a secret.
func (v *variables) complain(name, want string) {
	if v.err == nil {
		v.err = fmt.Errorf("%s cannot be understood: write %s", name, want)
	}
}

func (v *variables) isTrue(name string) bool { return strings.EqualFold(v.text(name), "true") }

func (v *variables) number(name string, initial int) int {
	text := v.text(name)
	if text == "" {
		return initial
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000_000 {
		v.complain(name, "a whole number, for example "+strconv.Itoa(initial))
		return initial
	}
	return n
}

func (v *variables) milliseconds(name string, initial time.Duration) time.Duration {
	return time.Duration(v.number(name, int(initial.Milliseconds()))) * time.Millisecond
}

func (v *variables) limits(prefix string, delay time.Duration) limits {
	l := limits{
		queue: v.number(prefix+"MAX_QUEUE_SIZE", 2048), batch: v.number(prefix+"MAX_EXPORT_BATCH_SIZE", 512),
		delay: v.milliseconds(prefix+"SCHEDULE_DELAY", delay), timeout: v.milliseconds(prefix+"EXPORT_TIMEOUT", 30*time.Second),
	}
	l.batch = min(l.batch, l.queue)
	return l
}

// pairs reads "key=value,key2=value2", with values as in a URL.
func (v *variables) pairs(name string) map[string]string {
	all := map[string]string{}
	for part := range strings.SplitSeq(v.text(name), ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		key, value, ok := strings.Cut(part, "=")
		unescaped, err := url.PathUnescape(strings.TrimSpace(value))
		if key = strings.TrimSpace(key); !ok || key == "" || err != nil {
			v.complain(name, "key=value, and commas between several")
			continue
		}
		all[key] = unescaped
	}
	return all
}

func (v *variables) resource() (service string, attrs []attribute.KeyValue) {
	pairs := v.pairs("OTEL_RESOURCE_ATTRIBUTES")
	service = cmp.Or(v.text("OTEL_SERVICE_NAME"), pairs["service.name"], "leadlake")
	delete(pairs, "service.name")
	for key, value := range pairs {
		attrs = append(attrs, attribute.String(key, value))
	}
	return service, attrs
}

func (v *variables) sampler() sdktrace.Sampler {
	const name = "OTEL_TRACES_SAMPLER"
	root, ofParent := strings.CutPrefix(cmp.Or(v.text(name), "parentbased_always_on"), "parentbased_")
	var s sdktrace.Sampler
	switch root {
	case "always_on":
		s = sdktrace.AlwaysSample()
	case "always_off":
		s = sdktrace.NeverSample()
	case "traceidratio":
		s = sdktrace.TraceIDRatioBased(v.ratio("OTEL_TRACES_SAMPLER_ARG"))
	default:
		v.complain(name, "always_on, always_off or traceidratio, or one of them behind parentbased_")
		return sdktrace.NeverSample()
	}
	if ofParent {
		return sdktrace.ParentBased(s)
	}
	return s
}

func (v *variables) ratio(name string) float64 {
	text := v.text(name)
	if text == "" {
		return 1
	}
	ratio, err := strconv.ParseFloat(text, 64)
	if err != nil || !(ratio >= 0 && ratio <= 1) {
		v.complain(name, "a number from 0 to 1, for example 0.1")
		return 1
	}
	return ratio
}

func (v *variables) propagator() propagation.TextMapPropagator {
	const name = "OTEL_PROPAGATORS"
	var all []propagation.TextMapPropagator
	for part := range strings.SplitSeq(cmp.Or(v.text(name), "tracecontext"), ",") {
		switch strings.TrimSpace(part) {
		case "tracecontext":
			all = append(all, propagation.TraceContext{})
		case "baggage", "none": // there is no baggage here to pass on
		default:
			v.complain(name, "tracecontext or none")
		}
	}
	return propagation.NewCompositeTextMapPropagator(all...)
}

// logfireEndpoint returns where a token's data are to go: its region is in it,
// and those from before there were regions are of the United States.
func logfireEndpoint(token string) string {
	region := "us"
	if parts := regexp.MustCompile(`^pylf_v[0-9]+_([a-z]+)_`).FindStringSubmatch(token); parts != nil {
		region = parts[1]
	}
	return "https://logfire-" + region + ".pydantic.dev"
}

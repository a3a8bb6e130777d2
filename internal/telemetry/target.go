package telemetry

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"os"
	"strings"
	"time"
)

// signal is one of the three things that leave.
type signal string

const (
	traces  signal = "traces"
	metrics signal = "metrics"
	logs    signal = "logs"
)

func signals() []signal { return []signal{traces, metrics, logs} }

// target is where a signal goes, and how.
type target struct {
	grpc     bool
	url      *url.URL // for gRPC its host alone counts
	headers  map[string]string
	gzip     bool
	timeout  time.Duration
	insecure bool        // without TLS
	tls      *tls.Config // nil is the system's
}

// target reads where a signal goes; leaves is false where it stays here.
func (v *variables) target(s signal, logfireToken string) (t target, leaves bool) {
	exporter := "OTEL_" + strings.ToUpper(string(s)) + "_EXPORTER"
	endpoint, ofSignal := v.ofSignal(s, "ENDPOINT")
	switch v.text(exporter) {
	case "none":
		return t, false
	case "otlp":
	case "":
		if endpoint == "" && logfireToken == "" {
			return t, false
		}
	default:
		v.complain(exporter, "otlp or none")
		return t, false
	}
	protocol, _ := v.ofSignal(s, "PROTOCOL")
	switch protocol {
	case "grpc":
		t.grpc = true
	case "http/protobuf", "":
	default:
		v.complain("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc or http/protobuf")
	}
	t.url = v.endpoint(s, endpoint, ofSignal, logfireToken, t.grpc)
	t.insecure = t.url.Scheme == "http"
	t.headers = v.headers(s, logfireToken)
	compression, _ := v.ofSignal(s, "COMPRESSION")
	t.gzip = compression == "gzip"
	t.timeout = 10 * time.Second
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TIMEOUT", signalName(s, "TIMEOUT")} {
		t.timeout = v.milliseconds(name, t.timeout)
	}
	t.tls = v.tls(s)
	return t, true
}

func signalName(s signal, what string) string {
	return "OTEL_EXPORTER_OTLP_" + strings.ToUpper(string(s)) + "_" + what
}

// ofSignal returns what is set for one signal, else for all.
func (v *variables) ofSignal(s signal, what string) (value string, own bool) {
	if value = v.text(signalName(s, what)); value != "" {
		return value, true
	}
	return v.text("OTEL_EXPORTER_OTLP_" + what), false
}

// endpoint returns the address of a signal: one that is set for it alone is
// taken as it is, one for all gets the signal's path.
func (v *variables) endpoint(s signal, text string, own bool, logfireToken string, isGRPC bool) *url.URL {
	switch {
	case text == "":
		text = defaultEndpoint(logfireToken, isGRPC)
	case isGRPC && !strings.Contains(text, "://"):
		scheme := "https://"
		if plain, _ := v.ofSignal(s, "INSECURE"); strings.EqualFold(plain, "true") {
			scheme = "http://"
		}
		text = scheme + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		v.complain("OTEL_EXPORTER_OTLP_ENDPOINT", "an address like http://localhost:4318")
		return &url.URL{Scheme: "http", Host: "localhost"}
	}
	if !isGRPC && !own {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/v1/" + string(s)
	}
	return u
}

func defaultEndpoint(logfireToken string, isGRPC bool) string {
	switch {
	case logfireToken != "":
		return logfireEndpoint(logfireToken)
	case isGRPC:
		return "http://localhost:4317"
	default:
		return "http://localhost:4318"
	}
}

func (v *variables) headers(s signal, logfireToken string) map[string]string {
	headers := map[string]string{}
	if logfireToken != "" {
		headers["authorization"] = logfireToken
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_HEADERS", signalName(s, "HEADERS")} {
		for key, value := range v.pairs(name) {
			headers[strings.ToLower(key)] = value
		}
	}
	return headers
}

// tls returns what is to be believed and shown, nil where nothing is set.
func (v *variables) tls(s signal) *tls.Config {
	authority, _ := v.ofSignal(s, "CERTIFICATE")
	certificate, _ := v.ofSignal(s, "CLIENT_CERTIFICATE")
	key, _ := v.ofSignal(s, "CLIENT_KEY")
	if cmp.Or(authority, certificate, key) == "" {
		return nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if authority != "" {
		pem, err := os.ReadFile(authority) //nolint:gosec // G304: who sets the variable chooses the file
		c.RootCAs = x509.NewCertPool()
		if err != nil || !c.RootCAs.AppendCertsFromPEM(pem) {
			v.complain("OTEL_EXPORTER_OTLP_CERTIFICATE", "the path of a file of certificates in the form PEM")
		}
	}
	if certificate != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			v.complain("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "the paths of a certificate and, as OTEL_EXPORTER_OTLP_CLIENT_KEY, of its key")
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c
}

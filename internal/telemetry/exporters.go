package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc/credentials"
)

// The exporters of the three signals take the same options, each of a type of
// its own. Everything is said here, so that what a variable of the process says
// does not win over .env.

func newSpanExporter(ctx context.Context, t target) (sdktrace.SpanExporter, error) {
	if t.grpc {
		o := []otlptracegrpc.Option{
			otlptracegrpc.WithEndpoint(t.url.Host), otlptracegrpc.WithHeaders(t.headers), otlptracegrpc.WithTimeout(t.timeout),
		}
		if t.insecure {
			o = append(o, otlptracegrpc.WithInsecure())
		} else {
			o = append(o, otlptracegrpc.WithTLSCredentials(credentials.NewTLS(t.tls)))
		}
		if t.gzip {
			o = append(o, otlptracegrpc.WithCompressor("gzip"))
		}
		return otlptracegrpc.New(ctx, o...)
	}
	o := []otlptracehttp.Option{
		otlptracehttp.WithEndpointURL(t.url.String()), otlptracehttp.WithHeaders(t.headers), otlptracehttp.WithTimeout(t.timeout),
	}
	if t.tls != nil {
		o = append(o, otlptracehttp.WithTLSClientConfig(t.tls))
	}
	if t.gzip {
		o = append(o, otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	}
	return otlptracehttp.New(ctx, o...)
}

func newMetricExporter(ctx context.Context, t target) (sdkmetric.Exporter, error) {
	if t.grpc {
		o := []otlpmetricgrpc.Option{
			otlpmetricgrpc.WithEndpoint(t.url.Host), otlpmetricgrpc.WithHeaders(t.headers), otlpmetricgrpc.WithTimeout(t.timeout),
		}
		if t.insecure {
			o = append(o, otlpmetricgrpc.WithInsecure())
		} else {
			o = append(o, otlpmetricgrpc.WithTLSCredentials(credentials.NewTLS(t.tls)))
		}
		if t.gzip {
			o = append(o, otlpmetricgrpc.WithCompressor("gzip"))
		}
		return otlpmetricgrpc.New(ctx, o...)
	}
	o := []otlpmetrichttp.Option{
		otlpmetrichttp.WithEndpointURL(t.url.String()), otlpmetrichttp.WithHeaders(t.headers), otlpmetrichttp.WithTimeout(t.timeout),
	}
	if t.tls != nil {
		o = append(o, otlpmetrichttp.WithTLSClientConfig(t.tls))
	}
	if t.gzip {
		o = append(o, otlpmetrichttp.WithCompression(otlpmetrichttp.GzipCompression))
	}
	return otlpmetrichttp.New(ctx, o...)
}

func newLogExporter(ctx context.Context, t target) (sdklog.Exporter, error) {
	if t.grpc {
		o := []otlploggrpc.Option{
			otlploggrpc.WithEndpoint(t.url.Host), otlploggrpc.WithHeaders(t.headers), otlploggrpc.WithTimeout(t.timeout),
		}
		if t.insecure {
			o = append(o, otlploggrpc.WithInsecure())
		} else {
			o = append(o, otlploggrpc.WithTLSCredentials(credentials.NewTLS(t.tls)))
		}
		if t.gzip {
			o = append(o, otlploggrpc.WithCompressor("gzip"))
		}
		return otlploggrpc.New(ctx, o...)
	}
	o := []otlploghttp.Option{
		otlploghttp.WithEndpointURL(t.url.String()), otlploghttp.WithHeaders(t.headers), otlploghttp.WithTimeout(t.timeout),
	}
	if t.tls != nil {
		o = append(o, otlploghttp.WithTLSClientConfig(t.tls))
	}
	if t.gzip {
		o = append(o, otlploghttp.WithCompression(otlploghttp.GzipCompression))
	}
	return otlploghttp.New(ctx, o...)
}

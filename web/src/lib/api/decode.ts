// From what travels to what the page thinks in. The only place that knows the
// API's field names; a list that comes as null is an empty one.
import { events, type Counts, type EventId } from "../events";
import type {
  Conversion,
  Progress,
  Standing,
  Status,
  WeekSeries,
  WireConversion,
  WireProgress,
  WireStatus,
  WireWeeks,
} from "./types";

export function decodeStatus(w: WireStatus): Status {
  return {
    running: w.state === "running",
    progress: w.progress
      ? {
          seen: w.progress.seen,
          remainingSeconds: w.progress.remaining_seconds ?? null,
          pausedUntil: w.progress.paused_until ?? null,
        }
      : null,
    lastSuccess: w.last_success ?? null,
    lastError: w.last_error ? { at: w.last_error.at, message: w.last_error.message } : null,
    held: w.held ? { at: w.held.at, leads: w.held.leads } : null,
    elsewhere: w.elsewhere ?? null,
    version: w.version ?? null,
    rows: w.rows,
    freshnessSeconds: w.freshness_seconds ?? null,
    demo: w.demo,
    source: w.source ? { kind: w.source.kind, name: w.source.name } : null,
    today: w.today,
    timeZone: w.time_zone,
  };
}

/** The version of the table is the first part of the ETag: "42-5f3a". */
export function versionOfETag(etag: unknown): number | null {
  const match = /^(?:W\/)?"(\d+)-/.exec(String(etag ?? ""));
  return match ? Number(match[1]) : null;
}

export function decodeWeeks(w: WireWeeks | null, etag: unknown): WeekSeries {
  return {
    version: versionOfETag(etag),
    weeks: (w ?? []).map((row) => ({
      week: row.semaine,
      counts: Object.fromEntries(events.map((e) => [e, row[e]])) as Counts,
    })),
  };
}

export function decodeProgress(w: WireProgress): Progress {
  return {
    version: w.version,
    grain: w.grain as Progress["grain"],
    start: w.start,
    today: w.today,
    elapsed: w.elapsed,
    rows: (w.rows ?? []).map((r) => ({
      event: r.event as EventId,
      target: r.target,
      actual: r.actual,
      expected: r.expected,
      attainment: r.attainment,
      standing: r.standing as Standing,
    })),
  };
}

export function decodeConversion(w: WireConversion): Conversion {
  return {
    version: w.version,
    from: w.from,
    to: w.to,
    rows: (w.rows ?? []).map((r) => ({
      from: r.from as EventId,
      to: r.to as EventId,
      fromCount: r.from_count,
      toCount: r.to_count,
      ratio: r.ratio ?? null,
      target: r.target,
      gap: r.gap ?? null,
      standing: (r.standing ?? null) as Standing | null,
    })),
  };
}

import type { EventId, Counts } from "../events";
import type { paths as Paths } from "./schema.gen";

/** The body of a successful answer, found by its path: names of schemas may change. */
type Answer<P extends keyof Paths, Code extends number = 200> = Paths[P] extends {
  get: { responses: infer R };
}
  ? Code extends keyof R
    ? R[Code] extends { content: { "application/json": infer Body } }
      ? NonNullable<Body>
      : never
    : never
  : never;

export type WireStatus = Answer<"/api/v1/ingestion/status">;
export type WireRuns = Answer<"/api/v1/ingestion/runs">;
export type WireSchema = Answer<"/api/v1/ingestion/schema">;
export type WireWeeks = Answer<"/api/v1/transformation/count_date_by_week">;
export type WireProgress = Answer<"/api/v1/metrics/progress">;
export type WireConversion = Answer<"/api/v1/conversion">;

/** How a number stands against its target, from best to worst. */
export type Standing = "good" | "near" | "late" | "bad";

/** What one version of the table says. */
export interface Versioned {
  version: number | null;
}

export interface RunProgress {
  seen: number;
  remainingSeconds: number | null;
  /** When a pause ends that the source has asked for. */
  pausedUntil: string | null;
}

/** A sentence of the server's, always in English. */
export interface Failure {
  at: string;
  message: string;
}

export interface Status extends Versioned {
  running: boolean;
  progress: RunProgress | null;
  lastSuccess: string | null;
  lastError: Failure | null;
  /** Leads that are missing from the source and were not marked as gone. */
  held: { at: string; leads: number } | null;
  /** Which other process syncs this lake, in the server's words. */
  elsewhere: string | null;
  rows: number;
  freshnessSeconds: number | null;
  demo: boolean;
  source: { kind: string; name: string } | null;
  today: string;
  timeZone: string;
}

export interface WeekCounts {
  week: string;
  counts: Counts;
}

export interface WeekSeries extends Versioned {
  weeks: WeekCounts[];
}

export interface ProgressRow {
  event: EventId;
  target: number;
  actual: number;
  /** Where one should be today. */
  expected: number;
  /** actual / target. */
  attainment: number;
  standing: Standing;
}

export interface Progress extends Versioned {
  grain: "week" | "month";
  start: string;
  today: string;
  /** Share of the period's working days that have begun. */
  elapsed: number;
  rows: ProgressRow[];
}

export interface ConversionRow {
  from: EventId;
  to: EventId;
  fromCount: number;
  toCount: number;
  ratio: number | null;
  target: number;
  gap: number | null;
  standing: Standing | null;
}

export interface Conversion extends Versioned {
  from: string;
  /** First day after the range. */
  to: string;
  rows: ConversionRow[];
}

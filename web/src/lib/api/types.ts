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
}

export interface Status extends Versioned {
  running: boolean;
  progress: RunProgress | null;
  lastSuccess: string | null;
  lastError: { at: string; message: string } | null;
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

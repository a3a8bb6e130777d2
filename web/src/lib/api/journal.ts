// What the journal of the syncs shows: only the journal's own script needs it.
import type { WireRuns, WireSchema } from "./types";

export type Mode = WireRuns[number]["mode"];
export type Change = WireSchema["changes"][number]["change"];

/** What one sync did. */
export interface SyncRun {
  id: string;
  mode: Mode;
  failed: boolean;
  /** The server's own sentence, in English. */
  error: string | null;
  startedAt: string;
  seconds: number;
  seen: number;
  inserted: number;
  updated: number;
  gone: number;
  held: number;
  /** How many leads Notion lists and the table holds; null where not all was seen. */
  balance: { active: number; archived: number; table: number } | null;
  requests: number;
  retries: number;
  waitedSeconds: number;
  warnings: { text: string; count: number; examples: string[] }[];
  changes: SchemaChange[];
  failedRequests: string[];
}

export interface SchemaChange {
  at: string;
  change: Change;
  property: string;
  was: string;
  is: string;
}

export interface SourceProperty {
  id: string;
  label: string;
  kind: string;
  column: string;
  removedAt: string | null;
}

/** Which property feeds which column; the newest change comes first. */
export interface SourceSchema {
  properties: SourceProperty[];
  changes: SchemaChange[];
}

export function decodeRuns(w: WireRuns | null): SyncRun[] {
  return (w ?? []).map((r) => ({
    id: r.id,
    mode: r.mode,
    failed: r.outcome === "failure",
    error: r.error ?? null,
    startedAt: r.started_at,
    seconds: Math.max(0, (Date.parse(r.finished_at) - Date.parse(r.started_at)) / 1000),
    seen: r.seen,
    inserted: r.inserted,
    updated: r.updated,
    gone: r.states.trashed + r.states.moved + r.states.unreachable,
    held: r.held,
    balance: r.balance && {
      active: r.balance.notion_active,
      archived: r.balance.notion_archived,
      table: r.balance.table,
    },
    requests: r.requests,
    retries: r.retries,
    waitedSeconds: r.waited_seconds,
    warnings: (r.warnings ?? []).map((x) => ({ ...x, examples: x.examples ?? [] })),
    changes: (r.drift ?? []).map(decodeChange),
    failedRequests: r.failed_requests ?? [],
  }));
}

export function decodeSchema(w: WireSchema): SourceSchema {
  return {
    properties: (w.properties ?? []).map((p) => ({
      id: p.id,
      label: p.label,
      kind: p.kind,
      column: p.column,
      removedAt: p.removed_at ?? null,
    })),
    changes: sinceTheFirst(w.changes ?? [])
      .map(decodeChange)
      .reverse(),
  };
}

/** The changes without those of the first reading, which found every property new. */
function sinceTheFirst(changes: WireSchema["changes"]): WireSchema["changes"] {
  return changes.filter((c) => c.change !== "added" || c.at !== changes[0]?.at);
}

function decodeChange(d: WireSchema["changes"][number]): SchemaChange {
  return { at: d.at, change: d.change, property: d.property, was: d.was ?? "", is: d.is ?? "" };
}

/** By how many leads the table differs from what Notion lists. */
export function imbalance({ active, archived, table }: NonNullable<SyncRun["balance"]>): number {
  return table - active - archived;
}

/** Whether there is more to say of a run than its figures. */
export function hasDetails(run: SyncRun): boolean {
  return (
    run.failed ||
    run.held > 0 ||
    run.balance !== null ||
    run.retries > 0 ||
    run.warnings.length + run.changes.length + run.failedRequests.length > 0
  );
}

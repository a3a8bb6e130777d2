// What the API tells of the last syncs and the schema, as the contract writes it.
import type { WireRuns, WireSchema } from "../src/lib/api/types";

type WireRun = WireRuns[number];

function run(id: string, change: Partial<WireRun>): WireRun {
  return {
    id,
    source: "notion:8f6e0c1e-0000-4000-8000-000000000001",
    mode: "incremental",
    outcome: "success",
    error: null,
    started_at: "2026-11-19T08:00:00Z",
    finished_at: "2026-11-19T08:00:02Z",
    since: "2026-11-19T07:55:00Z",
    seen: 4,
    inserted: 1,
    updated: 2,
    unchanged: 1,
    states: { active: 0, archived: 0, trashed: 0, moved: 0, unreachable: 0 },
    held: 0,
    balance: null,
    requests: 2,
    retries: 0,
    waited_seconds: 0,
    version_before: 41,
    version_after: 42,
    warnings: [],
    drift: [],
    failed_requests: [],
    ...change,
  };
}

const renamed = {
  at: "2026-11-17T08:00:00Z",
  change: "renamed",
  property_id: "b",
  property: "État",
  column: "statut",
  was: "Statut",
  is: "État",
} as const;

/** A failure, a quiet run, and one with everything there is to say. */
export function runs(): WireRun[] {
  return [
    run("3", { outcome: "failure", error: "Notion refused the token.", seen: 0, inserted: 0 }),
    run("2", {}),
    run("1", {
      mode: "full",
      finished_at: "2026-11-19T08:01:35Z",
      seen: 3010,
      states: { active: 0, archived: 2, trashed: 4, moved: 1, unreachable: 2 },
      held: 2,
      balance: { notion_active: 3000, notion_archived: 10, table: 3012 },
      requests: 33,
      retries: 1,
      waited_seconds: 3.2,
      warnings: [{ text: "A relation was cut", count: 4, examples: ["8f6e", "9a01"] }],
      drift: [renamed],
      failed_requests: ["c0ffee"],
    }),
  ];
}

export function schema(): WireSchema {
  const property = {
    id: "a",
    label: "Nom",
    kind: "title",
    column: "nom",
    type: "string",
    first_seen: "2026-11-01T08:00:00Z",
    removed_at: null,
  };
  const removed_at = "2026-11-18T08:00:00Z";
  return {
    properties: [property, { ...property, id: "b", label: "État", column: "statut", removed_at }],
    changes: [renamed, { ...renamed, at: removed_at, change: "removed", was: "État", is: null }],
  };
}

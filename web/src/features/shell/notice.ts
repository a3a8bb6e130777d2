import type { Status } from "@/lib/api/types";

/** The one thing that the line above the page has to say. */
export type Notice =
  | { kind: "none" }
  | { kind: "demo" }
  | { kind: "offline"; age: number | null }
  | { kind: "syncFailed" }
  | { kind: "old"; age: number };

const oldAfter = 24 * 3600;

/**
 * Picks by weight: no server, no fresh data, old data, demo. Ages are in
 * seconds; sinceRead is that of the last answer from the server.
 */
export function pickNotice(status: Status | undefined, lost: boolean, sinceRead: number): Notice {
  if (lost) return { kind: "offline", age: status ? sinceRead : null };
  if (!status) return { kind: "none" };
  if (status.lastError) return { kind: "syncFailed" };
  const age = status.freshnessSeconds;
  if (age !== null && age > oldAfter && !status.running) return { kind: "old", age };
  return status.demo ? { kind: "demo" } : { kind: "none" };
}

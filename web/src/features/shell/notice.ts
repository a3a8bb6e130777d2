import type { Status } from "@/lib/api/types";
import { dataAge, judgeAge } from "@/lib/data-age";

/** The one thing that the line above the page has to say of the figures; ages are in seconds. */
export type Notice =
  | { kind: "none" }
  | { kind: "demo" }
  | { kind: "offline"; age: number | null }
  | { kind: "syncFailed"; age: number | null }
  | { kind: "aging" | "old"; age: number };

/**
 * Picks by weight: no server, old data, no fresh data, demo. sinceRead is the
 * age in seconds of the last answer from the server.
 */
export function pickNotice(status: Status | undefined, lost: boolean, sinceRead: number): Notice {
  const age = dataAge(status, sinceRead);
  if (lost) return { kind: "offline", age };
  if (!status) return { kind: "none" };
  if (status.lastError) return { kind: "syncFailed", age };
  if (age !== null && !status.running) {
    const kind = judgeAge(age);
    if (kind !== "fresh") return { kind, age };
  }
  return status.demo ? { kind: "demo" } : { kind: "none" };
}

/** What the sync is at, where that is worth a word above the page. */
export type Activity =
  | { kind: "none" }
  | { kind: "paused"; until: string }
  | { kind: "elsewhere"; holder: string }
  | { kind: "running"; seen: number; remaining: number };

const worthWaiting = 10; // seconds: shorter runs come and go all day

/** Tells why a sync does not go on, or for how long it will. now is in milliseconds. */
export function pickActivity(status: Status | undefined, now: number): Activity {
  if (status?.elsewhere) return { kind: "elsewhere", holder: status.elsewhere };
  const progress = status?.running ? status.progress : null;
  if (!progress) return { kind: "none" };
  if (progress.pausedUntil && Date.parse(progress.pausedUntil) > now) {
    return { kind: "paused", until: progress.pausedUntil };
  }
  const remaining = progress.remainingSeconds ?? 0;
  return remaining >= worthWaiting
    ? { kind: "running", seen: progress.seen, remaining }
    : { kind: "none" };
}

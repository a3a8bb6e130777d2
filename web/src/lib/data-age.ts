import type { Status } from "./api/types";

/** Some syncs, which come every five minutes, have been missed. */
const agingAfter = 20 * 60;
const oldAfter = 24 * 3600;

/**
 * How old the figures are, in seconds; null while no sync has succeeded. The
 * status tells it for when it was read, sinceRead seconds ago.
 */
export function dataAge(status: Status | undefined, sinceRead: number): number | null {
  const then = status?.freshnessSeconds ?? null;
  return then === null ? null : then + Math.max(0, sinceRead);
}

/** Whether an age is worth a word, or a strong one. */
export function judgeAge(age: number): "fresh" | "aging" | "old" {
  if (age > oldAfter) return "old";
  return age > agingAfter ? "aging" : "fresh";
}

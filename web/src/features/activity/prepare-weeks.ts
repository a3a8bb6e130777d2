import type { WeekCounts } from "@/lib/api/types";
import { noCounts, type Counts } from "@/lib/events";
import { weekOf, weekOfKey, weeksBefore, weeksBetween, type Week } from "@/lib/iso-week";

export const ranges = [12, 26, 52, "all"] as const;
export type Range = (typeof ranges)[number];

/** One week of the chart and of its table. */
export interface WeekPoint {
  week: Week;
  counts: Counts;
  /** Whether the week is still running. */
  open: boolean;
}

/** A lead dated 1926 by mistake must not stretch the axis over a century. */
const longest = 5 * 52;
const shortest = 12;

/**
 * Makes the series dense: the API leaves out weeks without an event, here they
 * are zeros. It ends with the week of today; what is dated later has not
 * happened yet.
 */
export function prepareWeeks(rows: WeekCounts[], today: string, range: Range): WeekPoint[] {
  const last = weekOf(today);
  const known = new Map(rows.map((row) => [row.week, row.counts]));
  const length = range === "all" ? lengthOfAll(rows, last) : range;
  return weeksBetween(weeksBefore(last, length - 1), last).map((week) => ({
    week,
    counts: known.get(week.key) ?? noCounts(),
    open: week.key === last.key,
  }));
}

function lengthOfAll(rows: WeekCounts[], last: Week): number {
  const starts = rows.flatMap((row) => weekOfKey(row.week)?.start ?? []);
  const first = starts.reduce((a, b) => (b < a ? b : a), last.start);
  const earliest = weeksBefore(last, longest - 1).start;
  const from = weekOf(first < earliest ? earliest : first);
  return Math.max(shortest, weeksBetween(from, last).length);
}

/** Whether there is anything to draw. */
export function hasEvents(points: WeekPoint[]): boolean {
  return points.some((point) => Object.values(point.counts).some((n) => n > 0));
}

import type { Progress, ProgressRow } from "@/lib/api/types";
import { weekOf } from "@/lib/iso-week";
import type { EventId } from "@/lib/events";

/** How the open week goes, from best to worst; "nothing": no event yet. */
export type Verdict = "done" | "onTrack" | "watch" | "late" | "far" | "nothing";

/** What the sentence at the top says, before it is words. */
export interface WeekJudgement {
  week: number;
  verdict: Verdict;
  /** The event that the sentence counts. */
  first: { event: EventId; actual: number; target: number };
  /** Whether the differences below are short of the pace or beyond it. */
  side: "behind" | "ahead" | "even";
  /** The difference of the first event, 0 if it is not worth a word. */
  firstGap: number;
  /** At most two further events, worst (or best) first. */
  gaps: { event: EventId; n: number }[];
}

/** Whole units due by today: a part of a call is not late yet. */
export function dueToday(row: Pick<ProgressRow, "expected">): number {
  return Math.floor(row.expected + 1e-9);
}

/** actual - due: negative is late. */
export function paceGap(row: Pick<ProgressRow, "actual" | "expected">): number {
  return row.actual - dueToday(row);
}

/** Judges the open week by its pace; null when there is no objective to judge by. */
export function judgeWeek(progress: Progress): WeekJudgement | null {
  const rows = progress.rows.filter((r) => r.target > 0);
  const first = rows[0];
  if (!first) return null;

  const side = rows.some((r) => paceGap(r) < 0)
    ? "behind"
    : rows.some((r) => paceGap(r) > 0)
      ? "ahead"
      : "even";
  const apart = rows
    .map((row) => ({
      event: row.event,
      n: paceGap(row),
      weight: Math.abs(paceGap(row)) / row.target,
    }))
    .filter(({ n }) => (side === "behind" ? n < 0 : n > 0))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 2)
    .map(({ event, n }) => ({ event, n: Math.abs(n) }));

  return {
    week: weekOf(progress.start).number,
    verdict: verdictOf(rows),
    first: { event: first.event, actual: first.actual, target: first.target },
    side,
    firstGap: apart.find((gap) => gap.event === first.event)?.n ?? 0,
    gaps: apart.filter((gap) => gap.event !== first.event),
  };
}

function verdictOf(rows: ProgressRow[]): Verdict {
  if (rows.every((r) => r.actual >= r.target)) return "done";
  if (rows.every((r) => r.actual === 0)) return "nothing";
  const due = rows.filter((r) => dueToday(r) > 0);
  if (due.length === 0) return "onTrack";
  const pace = due.reduce((sum, r) => sum + Math.min(1, r.actual / dueToday(r)), 0) / due.length;
  if (pace >= 0.9) return "onTrack";
  if (pace >= 0.75) return "watch";
  return pace >= 0.5 ? "late" : "far";
}

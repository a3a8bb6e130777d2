import type { Progress, ProgressRow } from "@/lib/api/types";

/** Where the period ends at today's rhythm; null while a tenth of it has not begun. */
export function forecast(
  row: Pick<ProgressRow, "actual">,
  elapsed: Progress["elapsed"],
): number | null {
  return elapsed >= 0.1 ? Math.round(row.actual / Math.min(1, elapsed)) : null;
}

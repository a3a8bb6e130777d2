import type { Messages } from "@/i18n/messages";
import type { Status } from "@/lib/api/types";
import type { Format } from "@/lib/format";

/** Why there is no lead, and what to do about it. */
export function emptyHint(
  status: Status | undefined,
  { m, f }: { m: Messages; f: Format },
): string {
  if (status?.running) return m.card.emptyRunning(f.count(status.progress?.seen ?? 0));
  if (status?.lastError) return m.card.emptyFailed;
  return status?.lastSuccess ? m.card.emptySynced : m.card.emptyHint;
}

import type { Status } from "./types";

/** What a card shows. Data that is there is shown, however old it is. */
export type CardState = "loading" | "empty" | "error" | "ready";

export function cardState(
  query: { data: unknown; isError: boolean },
  status: Status | undefined,
): CardState {
  if (status && status.rows === 0) return "empty";
  if (query.data !== undefined) return "ready";
  return query.isError ? "error" : "loading";
}

/** Where the page's data is. Apart from the client, so that a page can preload it without one. */
export const paths = {
  status: "/api/v1/ingestion/status",
  stream: "/api/v1/stream",
  sync: "/api/v1/ingestion/notion",
  runs: "/api/v1/ingestion/runs?limit=20",
  schema: "/api/v1/ingestion/schema",
  weeks: "/api/v1/transformation/count_date_by_week",
  progress: "/api/v1/metrics/progress",
  conversion: "/api/v1/conversion",
} as const;

export const progressPath = (grain: "week" | "month") => `${paths.progress}?grain=${grain}`;

/** What the dashboard asks for first; the HTML names it, so that nothing waits for a script. */
export const preloads: readonly string[] = [
  paths.status,
  progressPath("week"),
  paths.weeks,
  progressPath("month"),
  paths.conversion,
];

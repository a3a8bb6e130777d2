/** Where the page's data is. Apart from the client, so that a page can preload it without one. */
export const paths = {
  status: "/api/v1/ingestion/status",
  sync: "/api/v1/ingestion/notion",
  weeks: "/api/v1/transformation/count_date_by_week",
  progress: "/api/v1/metrics/progress",
  conversion: "/api/v1/conversion",
} as const;

/** What the dashboard asks for first, written exactly as the client will ask. */
export const preloads = [
  paths.status,
  `${paths.progress}?grain=week`,
  paths.weeks,
  `${paths.progress}?grain=month`,
  paths.conversion,
];

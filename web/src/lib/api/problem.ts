/** What the server says of an error, for people; null if it did not answer in words. */
export function problemDetail(error: unknown): string | null {
  const detail = field(field(field(error, "response"), "data"), "detail");
  return typeof detail === "string" && detail !== "" ? detail : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

import type { Page, Route } from "@playwright/test";
import type { World } from "../test/fixtures";
import type { WireRuns, WireSchema } from "../src/lib/api/types";

/** What a test may do to the API while the page looks on. */
export interface Api {
  world: World;
  /** Paths that answer 500. */
  broken: Set<string>;
  /** Whether nothing answers at all. */
  down: boolean;
  /** Whether answers are withheld. */
  hold: boolean;
  /** Whether news is streamed; what asks for a stream is refused otherwise. */
  streams: boolean;
  /** What POST /ingestion/notion answers; 202 with the status by default. */
  sync?: { status: number; body: unknown };
  runs: WireRuns;
  schema: WireSchema;
  /** How often each path was asked. */
  asked: Record<string, number>;
}

const prefix = "/api/v1/";

/** Answers the page's questions from a world, which the test may change at any time. */
export async function serveWorld(page: Page, world: World): Promise<Api> {
  const api: Api = {
    world,
    broken: new Set(),
    down: false,
    hold: false,
    streams: true,
    runs: [],
    schema: { properties: [], changes: [] },
    asked: {},
  };
  await page.route("**/api/v1/**", (route) => answer(route, api));
  return api;
}

async function answer(route: Route, api: Api) {
  const url = new URL(route.request().url());
  const path = url.pathname.slice(prefix.length);
  api.asked[path] = (api.asked[path] ?? 0) + 1;
  if (api.down) return route.abort("connectionrefused");
  if (api.hold && path !== "ingestion/status" && path !== "stream") return; // never answered
  if (api.broken.has(path)) {
    return route.fulfill({
      status: 500,
      contentType: "application/problem+json",
      json: { title: "Internal Server Error", status: 500, detail: "" },
    });
  }
  const { world } = api;
  const headers = { ETag: `"${world.week.version}-abc"`, "Cache-Control": "no-cache" };
  switch (path) {
    case "ingestion/status":
      return route.fulfill({ json: world.status });
    case "stream":
      // It ends at once; the browser opens the next one after the named time.
      return api.streams
        ? route.fulfill({
            contentType: "text/event-stream",
            body: `retry: 500\n\nevent: status\ndata: ${JSON.stringify(world.status)}\n\n`,
          })
        : route.fulfill({ status: 404, json: { status: 404, detail: "no stream" } });
    case "ingestion/notion": {
      const { status, body } = api.sync ?? { status: 202, body: world.status };
      const contentType = status < 400 ? "application/json" : "application/problem+json";
      return route.fulfill({ status, contentType, body: JSON.stringify(body) });
    }
    case "ingestion/runs":
      return route.fulfill({ json: api.runs });
    case "ingestion/schema":
      return route.fulfill({ json: api.schema });
    case "transformation/count_date_by_week":
      return route.fulfill({ json: world.weeks, headers });
    case "metrics/progress":
      return route.fulfill({
        json: url.searchParams.get("grain") === "month" ? world.month : world.week,
        headers,
      });
    case "conversion":
      return route.fulfill({ json: world.conversion, headers });
    default:
      return route.fulfill({ status: 404, json: { status: 404, detail: `no ${path}` } });
  }
}

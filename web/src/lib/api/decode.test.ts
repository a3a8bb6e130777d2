import { describe, expect, it } from "vitest";
import { demoWorld, firstSyncWorld } from "../../../test/fixtures";
import { cardState } from "./card-state";
import {
  decodeConversion,
  decodeProgress,
  decodeStatus,
  decodeWeeks,
  versionOfETag,
} from "./decode";
import { problemDetail } from "./problem";

describe("decoding", () => {
  it("takes the version of a list from its ETag", () => {
    expect(versionOfETag('"42-5f3a"')).toBe(42);
    expect(versionOfETag('W/"7-0"')).toBe(7);
    expect(versionOfETag('"5f3a"')).toBeNull();
    expect(versionOfETag(undefined)).toBeNull();
  });

  it("reads null lists as empty ones", () => {
    const { week, conversion } = demoWorld();
    expect(decodeWeeks(null, '"1-a"')).toEqual({ version: 1, weeks: [] });
    expect(decodeProgress({ ...week, rows: null as never }).rows).toEqual([]);
    expect(decodeConversion({ ...conversion, rows: null as never }).rows).toEqual([]);
  });

  it("keeps the five counts of a week and nothing else", () => {
    const first = demoWorld()
      .weeks.slice(0, 1)
      .map((row) => ({ ...row, $schema: "x" }));
    const { semaine, ...counts } = demoWorld().weeks[0]!;
    expect(decodeWeeks(first, null).weeks).toEqual([{ week: semaine, counts }]);
  });

  it("reads a run in progress", () => {
    const status = decodeStatus(firstSyncWorld().status);
    expect(status).toMatchObject({
      running: true,
      progress: { seen: 1200, remainingSeconds: 4, pausedUntil: null },
    });
  });

  it("reads what is held, who else syncs, and until when a run waits", () => {
    const { status } = firstSyncWorld();
    status.held = { at: "2026-11-19T08:00:00Z", leads: 57, message: "57 leads" };
    status.elsewhere = "process 7 on nas";
    status.progress!.paused_until = "2026-11-19T13:05:00Z";
    expect(decodeStatus(status)).toMatchObject({
      held: { at: "2026-11-19T08:00:00Z", leads: 57 },
      elsewhere: "process 7 on nas",
      progress: { pausedUntil: "2026-11-19T13:05:00Z" },
    });
  });
});

describe("cardState", () => {
  const status = decodeStatus(demoWorld().status);
  it.each([
    ["loading", { data: undefined, isError: false }, status],
    ["loading", { data: undefined, isError: false }, undefined],
    ["ready", { data: {}, isError: false }, undefined],
    ["ready", { data: {}, isError: true }, status], // old data is shown, not hidden
    ["error", { data: undefined, isError: true }, status],
    ["empty", { data: {}, isError: false }, { ...status, rows: 0 }],
    ["empty", { data: undefined, isError: true }, { ...status, rows: 0 }],
  ])("is %s", (want, query, at) => {
    expect(cardState(query, at)).toBe(want);
  });
});

describe("problemDetail", () => {
  it("finds the server's words", () => {
    expect(problemDetail({ response: { data: { detail: "No source." } } })).toBe("No source.");
  });
  it.each([undefined, "x", {}, { response: null }, { response: { data: { detail: "" } } }])(
    "has none for %j",
    (error) => expect(problemDetail(error)).toBeNull(),
  );
});

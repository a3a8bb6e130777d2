import { describe, expect, it } from "vitest";
import { decodeStatus } from "@/lib/api/decode";
import { demoWorld, teamWorld } from "../../../test/fixtures";
import { pickActivity, pickNotice } from "./notice";

const team = (change: object = {}) => ({ ...decodeStatus(teamWorld().status), ...change });
const lastError = { at: "2026-11-19T08:05:00Z", message: "Notion refused the token." };

describe("pickNotice", () => {
  it("is silent when all is well, or not known yet", () => {
    expect(pickNotice(team(), false, 3)).toEqual({ kind: "none" });
    expect(pickNotice(undefined, false, 0)).toEqual({ kind: "none" });
  });

  it("says the demo, but after what is graver", () => {
    const demo = decodeStatus(demoWorld().status);
    expect(pickNotice(demo, false, 3)).toEqual({ kind: "demo" });
    expect(pickNotice({ ...demo, lastError }, false, 3)).toEqual({ kind: "syncFailed", age: 38 });
    expect(pickNotice(demo, true, 90)).toEqual({ kind: "offline", age: 125 });
  });

  it("has no age for what was never read", () => {
    expect(pickNotice(undefined, true, 1e9)).toEqual({ kind: "offline", age: null });
  });

  it("tells old data from data that is being renewed", () => {
    const old = team({ freshnessSeconds: 3 * 86_400 });
    expect(pickNotice(old, false, 3)).toEqual({ kind: "old", age: 3 * 86_400 + 3 });
    expect(pickNotice({ ...old, running: true }, false, 3)).toEqual({ kind: "none" });
    expect(pickNotice({ ...old, elsewhere: "process 7" }, false, 3).kind).toBe("old");
  });

  it("says that data grows old, also while nothing new is heard", () => {
    expect(pickNotice(team({ freshnessSeconds: 1200 }), false, 0)).toEqual({ kind: "none" });
    expect(pickNotice(team({ freshnessSeconds: 1100 }), false, 101)).toEqual({
      kind: "aging",
      age: 1201,
    });
    expect(pickNotice(team({ freshnessSeconds: null }), false, 9e9)).toEqual({ kind: "none" });
  });
});

describe("pickActivity", () => {
  const now = Date.parse("2026-11-19T13:00:00Z");
  const progress = { seen: 1200, remainingSeconds: 40, pausedUntil: null };
  const running = (change: object) => team({ running: true, progress: { ...progress, ...change } });

  it.each([
    ["nothing is known", undefined, { kind: "none" }],
    ["nothing runs", team(), { kind: "none" }],
    ["a run is not read yet", team({ running: true }), { kind: "none" }],
    ["a run is soon over", running({ remainingSeconds: 9 }), { kind: "none" }],
    ["its end is unknown", running({ remainingSeconds: null }), { kind: "none" }],
    ["a run is long", running({}), { kind: "running", seen: 1200, remaining: 40 }],
    [
      "the source asks to wait",
      running({ pausedUntil: "2026-11-19T13:05:00Z" }),
      { kind: "paused", until: "2026-11-19T13:05:00Z" },
    ],
    [
      "the wait is over",
      running({ pausedUntil: "2026-11-19T12:59:00Z" }),
      { kind: "running", seen: 1200, remaining: 40 },
    ],
    [
      "another syncs",
      team({ elsewhere: "process 7 on nas" }),
      { kind: "elsewhere", holder: "process 7 on nas" },
    ],
  ])("where %s", (_, status, want) => expect(pickActivity(status, now)).toEqual(want));
});

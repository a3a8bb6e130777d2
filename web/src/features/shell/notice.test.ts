import { describe, expect, it } from "vitest";
import { decodeStatus } from "@/lib/api/decode";
import { demoWorld, teamWorld } from "../../../test/fixtures";
import { pickNotice } from "./notice";

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
    expect(pickNotice({ ...demo, lastError }, false, 3)).toEqual({ kind: "syncFailed" });
    expect(pickNotice(demo, true, 90)).toEqual({ kind: "offline", age: 90 });
  });

  it("has no age for what was never read", () => {
    expect(pickNotice(undefined, true, 1e9)).toEqual({ kind: "offline", age: null });
  });

  it("tells old data from data that is being renewed", () => {
    const old = team({ freshnessSeconds: 3 * 86_400 });
    expect(pickNotice(old, false, 3)).toEqual({ kind: "old", age: 3 * 86_400 });
    expect(pickNotice({ ...old, running: true }, false, 3)).toEqual({ kind: "none" });
  });
});

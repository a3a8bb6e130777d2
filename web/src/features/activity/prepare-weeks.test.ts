import { describe, expect, it } from "vitest";
import { noCounts } from "@/lib/events";
import { hasEvents, prepareWeeks } from "./prepare-weeks";

const row = (week: string, contacts: number) => ({
  week,
  counts: { ...noCounts(), date_prise_contact: contacts },
});

describe("prepareWeeks", () => {
  it("fills weeks without an event with zeros and ends with today's", () => {
    const points = prepareWeeks([row("2026-W45", 7), row("2026-W47", 3)], "2026-11-19", 12);
    expect(points).toHaveLength(12);
    expect(points.map((p) => p.week.key).slice(-3)).toEqual(["2026-W45", "2026-W46", "2026-W47"]);
    expect(points.slice(-3).map((p) => p.counts.date_prise_contact)).toEqual([7, 0, 3]);
    expect(points.map((p) => p.open)).toEqual([...Array(11).fill(false), true]);
  });

  it("crosses a year of 53 weeks", () => {
    const keys = prepareWeeks([], "2027-01-12", 12).map((p) => p.week.key);
    expect(keys.slice(-4)).toEqual(["2026-W52", "2026-W53", "2027-W01", "2027-W02"]);
  });

  it("starts with the first event when all is asked for", () => {
    const points = prepareWeeks([row("2025-W20", 1), row("2026-W47", 3)], "2026-11-19", "all");
    expect(points[0]?.week.key).toBe("2025-W20");
    expect(points).toHaveLength(80);
  });

  it("shows twelve weeks even of a table that is younger", () => {
    expect(prepareWeeks([row("2026-W46", 1)], "2026-11-19", "all")).toHaveLength(12);
    expect(prepareWeeks([], "2026-11-19", "all")).toHaveLength(12);
  });

  it("is not stretched by a mistyped year, nor by what is dated later or no week", () => {
    expect(prepareWeeks([row("1926-W10", 1)], "2026-11-19", "all")).toHaveLength(260);
    const points = prepareWeeks([row("2062-W10", 1), row("nonsense", 1)], "2026-11-19", "all");
    expect(points).toHaveLength(12);
    expect(hasEvents(points)).toBe(false);
  });
});

describe("hasEvents", () => {
  it("sees a single one", () => {
    expect(hasEvents(prepareWeeks([row("2026-W47", 1)], "2026-11-19", 12))).toBe(true);
  });
});

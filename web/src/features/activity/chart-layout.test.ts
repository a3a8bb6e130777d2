import { describe, expect, it } from "vitest";
import { events, noCounts, type EventId } from "@/lib/events";
import { layoutChart, niceTicks } from "./chart-layout";
import { prepareWeeks, type Range } from "./prepare-weeks";

const objectives = {
  date_prise_contact: 50,
  date_reponse_prospect: 25,
  date_appel_propose: 17,
  date_appel_booke: 3,
};

function layout(options: { range?: Range; width?: number; only?: EventId; count?: number } = {}) {
  const counts = { ...noCounts(), date_prise_contact: options.count ?? 40, date_appel_booke: 2 };
  const points = prepareWeeks([{ week: "2026-W47", counts }], "2026-11-19", options.range ?? 12);
  return layoutChart({
    points,
    width: options.width ?? 1140,
    height: 320,
    only: options.only ?? null,
    objectives,
  });
}

describe("layoutChart", () => {
  it("keeps every bar within its week and the plot", () => {
    for (const width of [300, 358, 700, 1140, 1240]) {
      for (const range of [12, 26, 52] as const) {
        const l = layout({ width, range });
        const marks = l.marks(range - 1);
        expect(marks.map((m) => m.event)).toEqual(events);
        for (const mark of marks) {
          expect(mark.x).toBeGreaterThanOrEqual(l.x(range - 1) - l.slot / 2);
          expect(mark.x + mark.width).toBeLessThanOrEqual(l.x(range - 1) + l.slot / 2);
          expect(mark.y).toBeGreaterThanOrEqual(l.plot.top);
          expect(mark.y + mark.height).toBeCloseTo(l.plot.bottom);
        }
      }
    }
  });

  it("draws the open week paler and no other", () => {
    const l = layout();
    expect(l.marks(11)[0]?.opacity).toBeLessThan(1);
    expect(l.marks(10)[0]?.opacity).toBe(1);
  });

  it("turns to lines when bars would be hairs", () => {
    expect(layout({ range: 12, width: 358 }).form).toBe("bars");
    expect(layout({ range: 52, width: 1140 }).form).toBe("bars");
    expect(layout({ range: 52, width: 358 }).form).toBe("lines");
  });

  it("reaches over the highest objective, and over that of one event alone", () => {
    expect(layout({ count: 1 }).max).toBeGreaterThanOrEqual(50);
    expect(layout({ only: "date_appel_booke" }).max).toBeLessThanOrEqual(4);
    expect(layout({ only: "date_appel_booke" }).objectives.map((o) => o.target)).toEqual([3]);
    expect(layout({ only: "date_relance" }).objectives).toEqual([]);
  });

  it("leaves room for large figures on the axis", () => {
    expect(layout({ count: 1_000_000 }).plot.left).toBeGreaterThan(layout().plot.left);
  });

  it("keeps the labels of objectives apart, lines where they belong", () => {
    const crowded = layout({ count: 100_000 }).objectives;
    const ys = crowded.map((o) => o.labelY).sort((a, b) => a - b);
    for (let i = 1; i < ys.length; i++) expect(ys[i]! - ys[i - 1]!).toBeGreaterThanOrEqual(13.9);
    expect(crowded[0]?.y).toBeCloseTo(layout({ count: 100_000 }).y(50));
  });

  it("names weeks while they are few, months beyond, never on top of each other", () => {
    for (const range of [12, 26, 52] as const) {
      for (const width of [300, 700, 1240]) {
        const l = layout({ range, width });
        const room = range > 26 ? 70 : 30;
        for (let i = 1; i < l.labelled.length; i++) {
          expect(l.x(l.labelled[i]!) - l.x(l.labelled[i - 1]!)).toBeGreaterThanOrEqual(room);
        }
        expect(l.labelled.length).toBeGreaterThan(1);
      }
    }
    expect(layout({ range: 12 }).labelled).toContain(11); // the open week
  });
});

describe("niceTicks", () => {
  it.each([
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [50, [0, 20, 40, 60]],
    [56, [0, 20, 40, 60]],
    [400, [0, 100, 200, 300, 400]],
    [4123, [0, 2000, 4000, 6000]],
  ])("up to %i", (highest, ticks) => {
    expect(niceTicks(highest)).toEqual(ticks);
  });

  it("are whole, start at 0 and cover whatever comes", () => {
    for (let n = 1; n < 3000; n += 7) {
      const ticks = niceTicks(n);
      expect(ticks[0]).toBe(0);
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(n);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });
});

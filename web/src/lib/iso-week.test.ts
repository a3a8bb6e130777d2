import { describe, expect, it } from "vitest";
import { lastDay, weekOf, weekOfKey, weeksBefore, weeksBetween } from "./iso-week";

const day = 86_400_000;
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);

describe("weekOf", () => {
  it.each([
    ["2026-11-21", "2026-W47", "2026-11-16", "2026-11-22"],
    ["2024-12-30", "2025-W01", "2024-12-30", "2025-01-05"], // belongs to the next year
    ["2027-01-03", "2026-W53", "2026-12-28", "2027-01-03"], // and to the last
    ["2021-01-01", "2020-W53", "2020-12-28", "2021-01-03"],
    ["2018-01-01", "2018-W01", "2018-01-01", "2018-01-07"],
  ])("%s lies in %s", (date, key, start, end) => {
    expect(weekOf(date)).toEqual({ key, number: Number(key.slice(-2)), start, end });
  });

  it("follows its neighbours without gap around every new year of a century", () => {
    for (let year = 2000; year <= 2100; year++) {
      for (let t = Date.UTC(year, 11, 22); t < Date.UTC(year + 1, 0, 12); t += day) {
        const week = weekOf(iso(t));
        const next = weekOf(iso(t + day));
        expect(week.start <= iso(t) && iso(t) <= week.end).toBe(true);
        expect(new Date(`${week.start}T00:00:00Z`).getUTCDay()).toBe(1);
        if (iso(t) === week.end) {
          expect(next.start).toBe(iso(t + day));
          expect(next.number === week.number + 1 || next.number === 1).toBe(true);
        } else {
          expect(next).toEqual(week);
        }
      }
      expect(weekOf(`${year}-01-04`).number).toBe(1);
    }
  });
});

describe("weekOfKey", () => {
  it("reads what weekOf writes", () => {
    for (let t = Date.UTC(2019, 0, 1); t < Date.UTC(2030, 0, 1); t += 5 * day) {
      const week = weekOf(iso(t));
      expect(weekOfKey(week.key)).toEqual(week);
    }
  });

  it.each(["2025-W53", "2025-W00", "2025-W54", "2025-47", "", "W47"])("refuses %j", (key) => {
    expect(weekOfKey(key)).toBeNull();
  });
});

describe("ranges", () => {
  it("counts weeks back over a year with 53 of them", () => {
    expect(weeksBefore(weekOf("2027-01-04"), 1).key).toBe("2026-W53");
    expect(weeksBefore(weekOf("2027-01-04"), 53).key).toBe("2026-W01");
  });

  it("lists weeks from first to last, both included", () => {
    const keys = weeksBetween(weekOf("2026-12-20"), weekOf("2027-01-10")).map((w) => w.key);
    expect(keys).toEqual(["2026-W51", "2026-W52", "2026-W53", "2027-W01"]);
  });

  it("knows the last day of a half-open range", () => {
    expect(lastDay("2026-03-01")).toBe("2026-02-28");
  });
});

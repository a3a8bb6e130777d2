import { describe, expect, it } from "vitest";
import { makeFormat } from "./format";
import { weekOf } from "./iso-week";

const fr = makeFormat("fr");
const en = makeFormat("en");
const narrow = "\u202f";
const nbsp = "\u00a0";

describe("numbers", () => {
  it("are grouped as the language does", () => {
    expect(fr.count(1240)).toBe(`1${narrow}240`);
    expect(en.count(1240)).toBe("1,240");
  });

  it("show a difference with a real minus", () => {
    expect(fr.difference(-3)).toBe("\u22123");
    expect(fr.difference(4)).toBe("+4");
    expect(fr.difference(0)).toBe("0");
    expect(en.difference(-1240)).toBe("\u22121,240");
  });

  it("write shares as percentages", () => {
    expect(fr.ratio(0.625)).toBe(`62,5${nbsp}%`);
    expect(en.ratio(0.6)).toBe("60.0%");
    expect(fr.percent(0.7)).toBe(`70${nbsp}%`);
    expect(en.wholePercent(0.824)).toBe("82%");
  });

  it("write gaps in points", () => {
    expect(fr.points(-0.06)).toBe(`\u22126,0${nbsp}pt`);
    expect(en.points(-0.06)).toBe(`\u22126.0${nbsp}pt`);
    expect(en.points(0.025)).toBe(`+2.5${nbsp}pt`);
    expect(fr.points(-0.0001)).toBe(`0,0${nbsp}pt`);
  });

  it("choose the singular as the language does", () => {
    expect([0, 1, 2].map((n) => fr.plural(n, "lead", "leads"))).toEqual(["lead", "lead", "leads"]);
    expect([0, 1, 2].map((n) => en.plural(n, "lead", "leads"))).toEqual(["leads", "lead", "leads"]);
  });
});

describe("days", () => {
  it("of a week are as short as they can be", () => {
    expect(fr.days(weekOf("2026-11-19"))).toBe("16–22 nov.");
    expect(en.days(weekOf("2026-11-19"))).toBe("Nov 16–22");
    expect(fr.days(weekOf("2026-12-31"))).toBe("28 déc. – 3 janv.");
    expect(en.days(weekOf("2026-12-01"))).toBe("Nov 30 – Dec 6");
  });

  it("do not move with the machine's time zone", () => {
    expect(fr.day("2026-03-01")).toBe("1 mars 2026");
    expect(en.longDay("2026-11-21")).toBe("Saturday, November 21, 2026");
    expect(fr.month("2026-11-01")).toBe("nov. 2026");
    expect(en.monthName("2026-11-01")).toBe("November 2026");
  });

  it("of an instant are those of the team", () => {
    expect(fr.moment("2026-11-21T23:30:00Z", "Europe/Paris")).toContain("22 nov.");
    expect(fr.moment("2026-11-21T23:30:00Z", "America/Los_Angeles")).toContain("21 nov.");
    expect(fr.moment("2026-11-21T23:30:00Z", "Mars/Olympus")).toContain("21 nov."); // UTC, then
  });
});

describe("lengths of time", () => {
  it("are told in the unit that fits", () => {
    expect(fr.age(35)).toBe("il y a 35 secondes");
    expect(fr.age(200)).toBe("il y a 3 minutes");
    expect(en.age(7200)).toBe("2 hours ago");
    expect(en.age(3 * 86_400)).toBe("3 days ago");
    expect(fr.age(-5)).toBe("il y a 1 seconde");
  });

  it("that remain are never nothing", () => {
    expect(fr.duration(0.2)).toBe(`1${nbsp}s`);
    expect(fr.duration(150)).toBe(`3${nbsp}min`);
  });
});

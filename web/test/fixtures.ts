// Answers of the API as the contract writes them, for unit and page tests.
import type { WireConversion, WireProgress, WireStatus, WireWeeks } from "../src/lib/api/types";
import { weekOf, weeksBefore } from "../src/lib/iso-week";

/** Everything the page reads. A test changes a part of it and watches the page. */
export interface World {
  status: WireStatus;
  weeks: NonNullable<WireWeeks>;
  week: WireProgress;
  month: WireProgress;
  conversion: WireConversion;
}

export const today = "2026-11-19"; // a Thursday, week 47

const stages = [
  "date_prise_contact",
  "date_reponse_prospect",
  "date_appel_propose",
  "date_appel_booke",
] as const;

function standing(attainment: number) {
  return attainment >= 1
    ? "good"
    : attainment >= 0.75
      ? "near"
      : attainment >= 0.5
        ? "late"
        : "bad";
}

export function progress(
  grain: "week" | "month",
  actuals: number[],
  elapsed: number,
  version = 42,
): WireProgress {
  const targets = grain === "week" ? [50, 25, 17, 3] : [400, 200, 100, 24];
  return {
    version,
    grain,
    period: grain === "week" ? "2026-W47" : "2026-11",
    start: grain === "week" ? "2026-11-16" : "2026-11-01",
    end: grain === "week" ? "2026-11-22" : "2026-11-30",
    today,
    elapsed,
    rows: stages.map((event, i) => {
      const target = targets[i]!;
      const actual = actuals[i]!;
      const attainment = actual / target;
      return {
        event,
        target,
        actual,
        expected: target * elapsed,
        attainment,
        standing: standing(attainment),
      };
    }),
  };
}

export function conversion(counts: number[], version = 42): WireConversion {
  const pairs = [
    [0, 1, 0.7],
    [1, 2, 0.5],
    [2, 3, 0.7],
    [1, 3, 0.3],
  ] as const;
  return {
    version,
    from: "2026-08-31",
    to: "2026-11-23",
    rows: pairs.map(([a, b, target]) => {
      const from_count = counts[a]!;
      const to_count = counts[b]!;
      const ratio = from_count === 0 ? null : to_count / from_count;
      const gap = ratio === null ? null : ratio - target;
      return {
        from: stages[a],
        to: stages[b],
        from_count,
        to_count,
        ratio,
        target,
        gap,
        standing: gap === null ? null : gap >= 0 ? "good" : gap >= -0.1 ? "near" : "bad",
      };
    }),
  };
}

/** A year and a half of weeks with a rhythm, a summer and a Christmas. */
function demoWeeks(): NonNullable<WireWeeks> {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const rows: NonNullable<WireWeeks> = [];
  for (let back = 78; back >= 0; back--) {
    const week = weeksBefore(weekOf(today), back);
    const month = Number(week.start.slice(5, 7));
    if (week.key.endsWith("W52") || week.key.endsWith("W33")) continue; // nobody works
    const force = (month === 8 ? 0.35 : month === 12 ? 0.7 : 1) * (0.8 + 0.4 * random());
    const contacts = Math.round((34 + (78 - back) * 0.2) * force);
    const replies = Math.round(contacts * (0.45 + 0.2 * random()));
    const proposed = Math.round(replies * (0.5 + 0.2 * random()));
    rows.push({
      semaine: week.key,
      date_prise_contact: contacts,
      date_reponse_prospect: replies,
      date_appel_propose: proposed,
      date_appel_booke: Math.round(proposed * (0.1 + 0.2 * random())),
      date_relance: Math.round(contacts * (0.5 + 0.3 * random())),
    });
  }
  const open = rows.at(-1)!;
  open.date_prise_contact = 41;
  open.date_reponse_prospect = 17;
  open.date_appel_propose = 14;
  open.date_appel_booke = 2;
  open.date_relance = 22;
  return rows;
}

export function demoWorld(): World {
  return {
    status: {
      state: "idle",
      mode: "incremental",
      progress: null,
      last_success: "2026-11-19T08:00:00Z",
      last_error: null,
      held: null,
      elsewhere: null,
      version: 42,
      rows: 3012,
      freshness_seconds: 35,
      demo: true,
      source: { kind: "notion", name: "Prospection" },
      today,
      time_zone: "Europe/Paris",
    },
    weeks: demoWeeks(),
    week: progress("week", [41, 17, 14, 2], 0.8),
    month: progress("month", [212, 118, 77, 11], 14 / 21),
    conversion: conversion([512, 301, 158, 41]),
  };
}

/** The same without the demo: a team's own database. */
export function teamWorld(): World {
  const world = demoWorld();
  world.status.demo = false;
  return world;
}

export function oneLeadWorld(): World {
  const world = teamWorld();
  world.status.rows = 1;
  world.status.version = 1;
  world.weeks = [
    {
      semaine: "2026-W47",
      date_prise_contact: 1,
      date_reponse_prospect: 0,
      date_appel_propose: 0,
      date_appel_booke: 0,
      date_relance: 0,
    },
  ];
  world.week = progress("week", [1, 0, 0, 0], 0.8, 1);
  world.month = progress("month", [1, 0, 0, 0], 14 / 21, 1);
  world.conversion = conversion([1, 0, 0, 0], 1);
  return world;
}

export function emptyWorld(): World {
  const world = teamWorld();
  Object.assign(world.status, {
    rows: 0,
    version: null,
    last_success: null,
    freshness_seconds: null,
    mode: null,
  });
  world.weeks = [];
  world.week = progress("week", [0, 0, 0, 0], 0.8, 0);
  world.month = progress("month", [0, 0, 0, 0], 14 / 21, 0);
  world.conversion = conversion([0, 0, 0, 0], 0);
  return world;
}

/** The first sync runs; nothing is in the table yet. */
export function firstSyncWorld(): World {
  const world = emptyWorld();
  world.status.state = "running";
  world.status.mode = "full";
  world.status.progress = {
    seen: 1200,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    requests: 13,
    waited_seconds: 2.1,
    remaining_seconds: 4,
    started_at: "2026-11-19T08:00:00Z",
    paused_until: null,
  };
  return world;
}

/** Ten times the demo: wide figures everywhere. */
export function largeWorld(): World {
  const world = teamWorld();
  world.status.rows = 104_233;
  world.status.version = 18_204;
  world.status.source = {
    kind: "notion",
    name: "Prospection commerciale France, Belgique et Suisse romande : 2024, 2025, 2026 et suite",
  };
  for (const row of world.weeks) {
    row.date_prise_contact *= 100;
    row.date_reponse_prospect *= 100;
    row.date_appel_propose *= 100;
    row.date_appel_booke *= 100;
    row.date_relance *= 100;
  }
  world.week = progress("week", [4123, 1745, 1418, 236], 0.8, 18_204);
  world.month = progress("month", [21_204, 11_830, 7_741, 1_119], 14 / 21, 18_204);
  world.conversion = conversion([51_204, 30_121, 15_834, 4_129], 18_204);
  return world;
}

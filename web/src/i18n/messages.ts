import type { Standing } from "@/lib/api/types";
import type { EventId } from "@/lib/events";
import type { WeekJudgement } from "@/features/headline/judge-week";
import type { Language } from "@/lib/format";

/** Every word of the page. A language that lacks one does not compile. */
export interface Messages {
  language: Language;
  /** Of the other languages, in their own words. */
  otherLanguage: { language: Language; name: string; label: string };
  meta: { title: string; description: string };
  notFound: { title: string; text: string; home: string };

  event: Record<EventId, EventWords>;
  standing: Record<Standing, string>;
  ratioStanding: Record<Exclude<Standing, "late">, string>;

  nav: {
    label: string;
    overview: string;
    activity: string;
    objectives: string;
    conversion: string;
    docs: string;
    skip: string;
  };
  theme: { label: string; light: string; dark: string; system: string };
  sync: {
    start: string;
    running: string;
    runningRows: (rows: string) => string;
    failed: string;
    dismiss: string;
  };
  notice: {
    demo: string;
    demoHow: string;
    /** Before, between and after the names of settings and the command. */
    demoSteps: [string, string, string, string, string];
    offline: (age: string) => string;
    offlineNoData: string;
    syncFailed: string;
    safe: string;
    old: (age: string) => string;
    details: string;
  };

  card: {
    retry: string;
    failed: (what: string) => string;
    safe: string;
    loading: string;
    emptyHint: string;
    emptySynced: string;
    emptyFailed: string;
    emptyRunning: (rows: string) => string;
    emptyRunningTitle: string;
  };

  headline: {
    loading: string;
    what: string;
    /** The sentence in its two halves: the judgement, then the figures. */
    judgement: (j: WeekJudgement) => string;
    figures: (j: WeekJudgement) => string;
    empty: string;
    failed: string;
  };
  figures: {
    title: string;
    of: (target: string) => string;
    reached: string;
    ahead: (n: string) => string;
    behind: (n: string) => string;
    onPace: string;
    bar: (percent: string, expected: string) => string;
    lastWeek: (n: string) => string;
    empty: string;
  };
  activity: {
    title: string;
    what: string;
    range: string;
    weeks: (n: number) => string;
    shortWeeks: (n: number) => string;
    all: string;
    allLong: string;
    week: (n: number) => string;
    openWeek: string;
    only: (event: string) => string;
    everything: string;
    showTable: string;
    tableKey: string;
    chartLabel: (first: string, last: string) => string;
    tableCaption: string;
    columnWeek: string;
    empty: string;
  };
  objectives: {
    month: string;
    week: string;
    columns: {
      event: string;
      actual: string;
      target: string;
      attainment: string;
      gap: string;
      forecast: string;
      standing: string;
    };
    explain: { attainment: string; gap: string; forecast: string; standing: string };
    noForecast: string;
    empty: string;
  };
  conversion: {
    title: string;
    what: string;
    range: (from: string, to: string) => string;
    columns: {
      step: string;
      from: string;
      to: string;
      ratio: string;
      target: string;
      gap: string;
      standing: string;
    };
    explain: { ratio: string; gap: string; standing: string };
    aim: (target: string) => string;
    none: string;
    noneWhy: (event: string) => string;
    empty: string;
  };
  provenance: {
    title: string;
    dataOf: (moment: string, age: string) => string;
    noData: string;
    source: (kind: string, name: string) => string;
    demoSource: string;
    leads: (count: string, n: number) => string;
    version: (v: string) => string;
    idle: string;
    running: (rows: string, remaining: string | null) => string;
    failed: (moment: string, message: string) => string;
    stillSafe: (moment: string) => string;
    nothingYet: string;
    timeZone: (zone: string) => string;
  };
}

export interface EventWords {
  /** Contacts. */
  title: string;
  /** contact. */
  one: string;
  /** contacts. */
  other: string;
  /** What counts as one. */
  definition: string;
}

import type { Standing } from "@/lib/api/types";
import type { Change, Mode } from "@/lib/api/journal";
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
    journal: string;
    docs: string;
    skip: string;
  };
  theme: { label: string; light: string; dark: string; system: string };
  sync: {
    start: string;
    running: string;
    runningRows: (rows: string) => string;
    failed: string;
    /** Before the server's own sentence. */
    refused: string;
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
    safe: (age: string) => string;
    aging: (age: string) => string;
    old: (age: string) => string;
    /** How old the figures are, in a few words. */
    age: (age: string) => string;
    fresh: string;
    /** Which leads are missing; that nothing was done; what to look at; before the command. */
    held: (count: string, n: number) => [string, string, string, string];
    paused: (until: string) => string;
    elsewhere: string;
    running: (rows: string, remaining: string) => string;
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
  journal: JournalWords;
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
    failed: (moment: string) => string;
    stillSafe: (moment: string) => string;
    nothingYet: string;
    /** Before the server's own sentence. */
    cause: string;
    elsewhere: string;
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

/** Of the journal of the syncs. */
export interface JournalWords {
  title: string;
  about: string;
  what: string;
  empty: string;
  show: string;
  hide: string;
  columns: {
    when: string;
    mode: string;
    seen: string;
    inserted: string;
    updated: string;
    gone: string;
    held: string;
    duration: string;
  };
  modes: Record<Mode, string>;
  failure: string;
  warnings: (count: string, n: number) => string;
  goneAway: (count: string, n: number) => string;
  heldBack: (count: string, n: number) => string;
  details: (moment: string) => string;
  /** Before the server's own sentence. */
  failedWhy: string;
  heldWhy: (count: string, n: number) => string;
  balance: (active: string, archived: string, table: string) => string;
  even: string;
  off: (difference: string) => string;
  times: (n: string) => string;
  examples: string;
  effort: (count: string, n: number, retries: string | null, waited: string | null) => string;
  failedRequests: string;
  schema: {
    title: string;
    empty: string;
    columns: { property: string; column: string; kind: string };
    removed: (moment: string) => string;
    changes: string;
    noChanges: string;
    change: Record<Change, (property: string, was: string, is: string) => string>;
  };
}

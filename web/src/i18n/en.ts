import { makeFormat } from "@/lib/format";
import type { Messages } from "./messages";

const f = makeFormat("en");

const event: Messages["event"] = {
  date_prise_contact: {
    title: "Contacts",
    one: "contact",
    other: "contacts",
    definition: "First message sent to a lead, counted on the day of first contact.",
  },
  date_reponse_prospect: {
    title: "Replies",
    one: "reply",
    other: "replies",
    definition: "A prospect replied, counted on the day of the reply.",
  },
  date_appel_propose: {
    title: "Calls proposed",
    one: "call proposed",
    other: "calls proposed",
    definition: "A call was proposed to the prospect, counted on the day of the proposal.",
  },
  date_appel_booke: {
    title: "Calls booked",
    one: "call booked",
    other: "calls booked",
    definition: "A call is in the diary, counted on the day it was agreed.",
  },
  date_relance: {
    title: "Follow-ups",
    one: "follow-up",
    other: "follow-ups",
    definition: "A follow-up message was sent. It is activity, not a stage of the funnel.",
  },
};

const counted = (id: keyof typeof event, n: number) =>
  `${f.count(n)} ${f.plural(n, event[id].one, event[id].other)}`;

export const en: Messages = {
  language: "en",
  otherLanguage: { language: "fr", name: "Français", label: "Lire en français" },
  meta: {
    title: "Leadlake · Prospecting dashboard",
    description: "Your prospecting by week and month: activity, objectives, conversion.",
  },
  notFound: {
    title: "This page does not exist",
    text: "The address may be incomplete, or the page has moved.",
    home: "Go to the dashboard",
  },
  event,
  standing: { good: "Reached", near: "Close", late: "Halfway", bad: "Far" },
  ratioStanding: { good: "On target", near: "Close", bad: "Below" },
  nav: {
    label: "Sections",
    overview: "Week",
    activity: "Activity",
    objectives: "Objectives",
    conversion: "Conversion",
    docs: "API documentation",
    skip: "Skip to content",
  },
  theme: { label: "Appearance", light: "Light", dark: "Dark", system: "Same as device" },
  sync: {
    start: "Sync now",
    running: "Syncing…",
    runningRows: (rows) => `${rows} leads read`,
    failed: "The sync could not start: Leadlake does not answer. Try again in a moment.",
    dismiss: "Close this message",
  },
  notice: {
    demo: "Demo data: these leads are invented.",
    demoHow: "See your own data",
    demoSteps: ["Set ", " and ", " in ", ", then run ", " again."],
    offline: (age) =>
      `Leadlake does not answer. The figures shown were read ${age}; trying again every 5\u00a0s.`,
    offlineNoData: "Leadlake does not answer. Trying again every 5\u00a0s.",
    syncFailed: "The last sync failed.",
    safe: "The data shown is safe.",
    old: (age) => `Last successful sync ${age}.`,
    details: "Details",
  },
  card: {
    retry: "Try again",
    failed: (what) => `${what}: could not be read`,
    safe: "The server could not answer. Your data is untouched.",
    loading: "Loading",
    emptyHint: "Nothing has been read from Notion yet: start a sync.",
    emptySynced: "Your Notion database is empty: add a lead, and it appears here.",
    emptyFailed: "The sync failed: the reason is at the foot of the page.",
    emptyRunningTitle: "First sync in progress",
    emptyRunning: (rows) => `${rows} leads read so far. Figures appear here with the first batch.`,
  },
  headline: {
    loading: "Reading this week’s contacts, replies and calls, against your objectives…",
    what: "This week",
    failed: "The week could not be read.",
    judgement: (j) =>
      `Week ${j.week}: ` +
      {
        done: "objectives reached.",
        onTrack: "on course.",
        watch: "worth a look.",
        late: "running late.",
        far: "far behind.",
        nothing: "all still to do.",
      }[j.verdict],
    figures: (j) => {
      const { event: id, actual, target } = j.first;
      if (j.verdict === "nothing")
        return `Nothing recorded yet. Objective: ${counted(id, target)}.`;
      const what = { behind: "behind", ahead: "ahead", even: "" }[j.side];
      const start = `${f.count(actual)} of ${counted(id, target)}`;
      const own = j.firstGap > 0 ? `, ${f.count(j.firstGap)} ${what}` : "";
      const others = f.list(j.gaps.map((gap) => counted(gap.event, gap.n)));
      if (others === "" && own === "") return `${start}, nothing late.`;
      if (others === "") return `${start}${own}.`;
      return own === "" ? `${start}, ${others} ${what}.` : `${start}${own}; ${others} ${what}.`;
    },
    empty: "No leads yet.",
  },
  figures: {
    title: "This week",
    of: (target) => `of ${target}`,
    reached: "objective reached",
    ahead: (n) => `${n} ahead`,
    behind: (n) => `${n} behind`,
    onPace: "on pace",
    bar: (percent, expected) => `${percent} of the objective; ${expected} expected today`,
    lastWeek: (n) => `last week ${n}`,
    empty: "Here: the four figures of the week.",
  },
  activity: {
    title: "Activity by week",
    what: "Activity by week",
    range: "Range",
    weeks: (n) => `${n} weeks`,
    shortWeeks: (n) => `${n}\u00a0wk`,
    all: "All",
    allLong: "All weeks",
    week: (n) => `W${n}`,
    openWeek: "current week",
    only: (name) => `Show only: ${name}`,
    everything: "Show all",
    showTable: "Table",
    tableKey: "key T",
    chartLabel: (first, last) =>
      `Bar chart, from ${first} to ${last}. Press T for the same figures as a table.`,
    tableCaption: "Events by week, most recent first",
    columnWeek: "Week",
    empty: "Here: the bars of your five events, week after week.",
  },
  objectives: {
    month: "Objectives of the month",
    week: "Objectives of the week",
    columns: {
      event: "Stage",
      actual: "Done",
      target: "Objective",
      attainment: "Share",
      gap: "Gap",
      forecast: "At this pace",
      standing: "Standing",
    },
    explain: {
      attainment: "Share of the objective that is done.",
      gap: "Done minus expected by today: the objective, by the working days begun.",
      forecast: "Where you end if the days to come are like the days gone.",
      standing:
        "By share of the objective: reached from 100%, close from 75%, halfway from 50%, far below that.",
    },
    noForecast: "Too early to say.",
    empty: "Here: done, objective and pace for each stage.",
  },
  conversion: {
    title: "Conversion ratios",
    what: "Conversion ratios",
    range: (from, to) => `${from} to ${to}`,
    columns: {
      step: "Step",
      from: "From",
      to: "To",
      ratio: "Ratio",
      target: "Objective",
      gap: "Gap",
      standing: "Standing",
    },
    explain: {
      ratio: "To divided by from, each counted on its own date within the range.",
      gap: "Ratio minus objective, in points.",
      standing:
        "By the gap to the objective: on target from 0 points, close down to 10 points under, then below.",
    },
    aim: (target) => `objective ${target}`,
    none: "—",
    noneWhy: (name) => `No ratio: nothing to start from (${name}) in the range.`,
    empty: "Here: the share of leads that pass from one stage to the next.",
  },
  provenance: {
    title: "Where the data comes from",
    dataOf: (moment, age) => `Data as of ${moment} (${age})`,
    noData: "No sync has finished yet",
    source: (kind, name) => `${kind === "notion" ? "Notion" : kind} “${name}”`,
    demoSource: "Demo",
    leads: (count, n) => `${count} ${f.plural(n, "lead", "leads")}`,
    version: (v) => `version ${v}`,
    idle: "up to date",
    running: (rows, remaining) =>
      `syncing: ${rows} leads read${remaining ? `, about ${remaining} to go` : ""}`,
    failed: (moment, message) => `The sync of ${moment} failed: ${message}`,
    stillSafe: (moment) => `The data shown is safe and dates from ${moment}.`,
    nothingYet: "Nothing was written, nothing is lost.",
    timeZone: (zone) => `Days counted in ${zone} time`,
  },
};

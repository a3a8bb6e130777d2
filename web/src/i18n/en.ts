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
    journal: "Sync log",
    docs: "API documentation",
    skip: "Skip to content",
  },
  theme: { label: "Appearance", light: "Light", dark: "Dark", system: "Same as device" },
  sync: {
    start: "Sync now",
    running: "Syncing…",
    runningRows: (rows) => `${rows} leads read`,
    failed: "The sync could not start: Leadlake does not answer. Try again in a moment.",
    refused: "The sync did not start: ",
    dismiss: "Close this message",
  },
  notice: {
    demo: "Demo data: these leads are invented.",
    demoHow: "See your own data",
    demoSteps: ["Set ", " and ", " in ", ", then run ", " again."],
    offline: (age) =>
      `Leadlake does not answer. The figures shown are from ${age}; trying again every 5\u00a0s.`,
    offlineNoData: "Leadlake does not answer. Trying again every 5\u00a0s.",
    syncFailed: "The last sync failed.",
    safe: (age) => `The figures shown are safe and from ${age}.`,
    aging: (age) => `Figures from ${age}: no sync has succeeded since.`,
    old: (age) => `Caution, old figures: the last successful sync was ${age}.`,
    age: (age) => `figures from ${age}`,
    fresh: "figures less than a minute old",
    held: (count, n) => [
      `${count} ${f.plural(n, "lead is", "leads are")} no longer in the Notion database.`,
      "So many at once may be a mistake: none was marked as gone, and the figures still count them.",
      "Check that the integration still sees the whole database.",
      "If they really are gone, run: ",
    ],
    paused: (until) => `Notion asks to wait until ${until}; the sync then goes on by itself.`,
    elsewhere: "Another Leadlake process syncs these data; this one follows.",
    running: (rows, remaining) => `Syncing: ${rows} leads read, about ${remaining} to go.`,
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
  journal: {
    title: "Sync log",
    about: "The last twenty syncs, and the columns that your properties feed.",
    what: "The sync log",
    empty: "Here: each sync, with what it read and changed.",
    show: "Open the log",
    hide: "Close the log",
    columns: {
      when: "Started",
      mode: "Scope",
      seen: "Read",
      inserted: "New",
      updated: "Changed",
      gone: "Gone",
      held: "Held",
      duration: "Time",
    },
    modes: {
      full: "everything",
      incremental: "recent edits",
      sweep: "deletions",
      verify: "spot check",
      named: "leads named by Notion",
    },
    failure: "failed",
    warnings: (count, n) => `${count} ${f.plural(n, "warning", "warnings")}`,
    goneAway: (count) => `${count} gone`,
    heldBack: (count) => `${count} held`,
    details: (moment) => `Details of the sync of ${moment}`,
    failedWhy: "This sync failed:",
    heldWhy: (count, n) =>
      `${count} ${f.plural(n, "lead was missing; it was not", "leads were missing; none was")} marked as gone.`,
    balance: (active, archived, table) =>
      `Notion: ${active} active, ${archived} archived; table: ${table}.`,
    even: "The counts agree.",
    off: (difference) => `The table differs by ${difference}.`,
    times: (n) => `${n} times`,
    examples: "For example",
    effort: (count, n, retries, waited) =>
      `${count} ${f.plural(n, "request", "requests")}` +
      (retries ? `, ${retries} of them sent again` : "") +
      (waited ? `, ${waited} of waiting that Notion asked for` : "") +
      ".",
    failedRequests: "Failed requests, for Notion’s support:",
    schema: {
      title: "Properties and columns",
      empty: "Here: each property of your database, and the column that it feeds.",
      columns: { property: "Property", column: "Column", kind: "Type in Notion" },
      removed: (moment) => `not in Notion since ${moment}`,
      changes: "Last changes",
      noChanges: "No change since the first reading.",
      change: {
        added: (property) => `“${property}” was added.`,
        renamed: (_, was, is) => `“${was}” is now called “${is}”.`,
        type_changed: (property, was, is) => `“${property}” changed its type from ${was} to ${is}.`,
        removed: (property) => `“${property}” can no longer be seen: deleted, or not shared.`,
        returned: (property) => `“${property}” is back.`,
        option_added: (property, _, is) => `“${property}”: option “${is}” added.`,
        option_renamed: (property, was, is) => `“${property}”: option “${was}” is now “${is}”.`,
        option_removed: (property, was) => `“${property}”: option “${was}” removed.`,
      },
    },
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
    failed: (moment) => `The sync of ${moment} failed.`,
    stillSafe: (moment) => `The data shown is safe and dates from ${moment}.`,
    nothingYet: "Nothing was written, nothing is lost.",
    cause: "Cause: ",
    elsewhere: "synced by another process",
    timeZone: (zone) => `Days counted in ${zone} time`,
  },
};

import { events, type EventId } from "@/lib/events";
import type { WeekPoint } from "./prepare-weeks";

// Where everything of the chart stands, in pixels. The light chart and the
// rich one both draw this, so that one can take the other's place unseen.

export interface ChartInput {
  points: WeekPoint[];
  width: number;
  height: number;
  /** The only event to draw, or null for all. */
  only: EventId | null;
  /** Per week, by event. */
  objectives: Partial<Record<EventId, number>>;
}

export interface Mark {
  event: EventId;
  x: number;
  y: number;
  width: number;
  height: number;
  opacity: number;
  hatched: boolean;
}

export interface ObjectiveLine {
  event: EventId;
  target: number;
  y: number;
  labelY: number;
}

export interface ChartLayout {
  width: number;
  height: number;
  plot: { left: number; top: number; right: number; bottom: number };
  /** How many weeks there are. */
  points: number;
  /** Width of one week. */
  slot: number;
  shown: EventId[];
  /** Bars while they are wide enough to be told apart, lines beyond. */
  form: "bars" | "lines";
  ticks: number[];
  max: number;
  y: (count: number) => number;
  /** Middle of a week. */
  x: (index: number) => number;
  /** The bars of one week. */
  marks: (index: number) => Mark[];
  objectives: ObjectiveLine[];
  /** Weeks that get a label below, and whether two lines fit. */
  labelled: number[];
  roomy: boolean;
  /** Opacity of the week that still runs. */
  pale: number;
}

const pale = 0.45;

export const margin = { top: 12, bottom: 40 };

const narrowestBar = 3;
const narrowestHatch = 5;
const weekLabelWidth = 34;
const monthLabelWidth = 72;
const roomyLabelWidth = 76;
const labelHeight = 14;
const digitWidth = 7.5;
/** More weeks than this are named by their months. */
export const mostNamedWeeks = 26;

export function layoutChart(input: ChartInput): ChartLayout {
  const { points, width, height, only } = input;
  const shown = only ? [only] : [...events];
  const targets = shown.flatMap((event) => {
    const target = input.objectives[event];
    return target ? [{ event, target }] : [];
  });
  const highest = Math.max(
    1,
    ...points.flatMap((p) => shown.map((e) => p.counts[e])),
    ...targets.map((t) => t.target),
  );
  const ticks = niceTicks(highest);
  const max = ticks[ticks.length - 1] ?? 1;
  const widestTarget = Math.max(0, ...targets.map((t) => t.target));
  const left = 14 + textWidth(max);
  const plot = {
    left,
    top: margin.top,
    right: Math.max(left + 1, width - 14 - textWidth(widestTarget)),
    bottom: height - margin.bottom,
  };
  const slot = (plot.right - plot.left) / Math.max(1, points.length);
  const y = (count: number) => plot.bottom - (count / max) * (plot.bottom - plot.top);
  const x = (index: number) => plot.left + slot * (index + 0.5);

  const group = slot * (only ? 0.5 : 0.78);
  const bar = Math.min(only ? 48 : 22, group / shown.length);
  const marks = (index: number) => {
    const point = points[index];
    if (!point) return [];
    const start = x(index) - (bar * shown.length) / 2;
    return shown.map((event, i) => {
      const thin = event === "date_relance" && !only ? 0.6 : 1; // activity, not a stage
      const gap = bar > 6 ? 1 : 0;
      return {
        event,
        x: start + i * bar,
        width: Math.max(0.5, bar * thin - gap),
        y: y(point.counts[event]),
        height: plot.bottom - y(point.counts[event]),
        opacity: point.open ? pale : 1,
        hatched: event === "date_relance" && bar * thin >= narrowestHatch,
      };
    });
  };

  const roomy = slot >= roomyLabelWidth && points.length <= mostNamedWeeks;
  return {
    width,
    height,
    plot,
    points: points.length,
    slot,
    shown,
    form: bar >= narrowestBar ? "bars" : "lines",
    ticks,
    max,
    y,
    x,
    marks,
    objectives: spread(targets.map((t) => ({ ...t, y: y(t.target), labelY: y(t.target) }))),
    labelled:
      points.length > mostNamedWeeks
        ? firstOfMonths(points, monthLabelWidth / slot)
        : everyNth(points.length, Math.ceil(weekLabelWidth / slot)),
    roomy,
    pale,
  };
}

/** Round numbers from 0 to at least the highest, four steps or so. */
export function niceTicks(highest: number): number[] {
  const rough = Math.max(highest, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough,
  );
  const whole = Number.isInteger(step) ? step : Math.ceil(step);
  return Array.from({ length: Math.ceil(highest / whole) + 1 }, (_, i) => i * whole);
}

/** Every nth index, counted back from the last. */
function everyNth(length: number, n: number): number[] {
  const indexes: number[] = [];
  for (let i = length - 1; i >= 0; i -= n) indexes.unshift(i);
  return indexes;
}

/** The first week of each month, as far apart as their names need. */
function firstOfMonths(points: WeekPoint[], apart: number): number[] {
  const month = (i: number) => points[i]?.week.start.slice(0, 7);
  const indexes: number[] = [];
  for (let i = 1; i < points.length; i++) {
    const first = month(i) !== month(i - 1);
    if (first && i - (indexes.at(-1) ?? -apart / 2) >= apart && points.length - i > apart / 2) {
      indexes.push(i);
    }
  }
  return indexes;
}

/** About how wide a number is, with its separators. */
function textWidth(n: number): number {
  const digits = String(n).length;
  return (digits + Math.floor((digits - 1) / 3)) * digitWidth;
}

/** Moves labels that would touch apart, upwards. */
function spread(lines: ObjectiveLine[]): ObjectiveLine[] {
  const ordered = [...lines].sort((a, b) => b.y - a.y);
  let below = Infinity;
  for (const line of ordered) {
    line.labelY = Math.min(line.y, below - labelHeight);
    below = line.labelY;
  }
  return lines;
}

"use client";

import { useMemo, useRef } from "react";
import { useWords } from "@/i18n/context";
import type { EventId } from "@/lib/events";
import { layoutChart, mostNamedWeeks } from "./chart-layout";
import { LightChart, type ChartProps } from "./light-chart";
import type { WeekPoint } from "./prepare-weeks";
import { useRichChart } from "./use-rich-chart";
import { useWidth } from "./use-width";

export const chartHeight = 320;

/** Draws the points as wide as there is room, lightly first. */
export function ChartFigure(props: {
  points: WeekPoint[];
  only: EventId | null;
  objectives: Partial<Record<EventId, number>>;
}) {
  const { m, f } = useWords();
  const frame = useRef<HTMLElement>(null);
  const width = useWidth(frame);
  const { Rich, load } = useRichChart(frame);

  const { points, only, objectives } = props;
  const layout = useMemo(
    () => layoutChart({ points, only, objectives, width, height: chartHeight }),
    [points, only, objectives, width],
  );
  const name = (point: WeekPoint | undefined) =>
    point ? `${m.activity.week(point.week.number)} (${f.days(point.week)})` : "";
  const chart: ChartProps = {
    layout,
    points,
    label: m.activity.chartLabel(name(points[0]), name(points.at(-1))),
    weekLabel: (point) =>
      points.length > mostNamedWeeks
        ? [f.month(point.week.start), ""]
        : [m.activity.week(point.week.number), f.days(point.week)],
    count: f.count,
  };

  return (
    <figure
      ref={frame}
      className="mx-2 h-80 overflow-hidden sm:mx-4"
      onPointerEnter={load}
      onFocus={load}
      onTouchStart={load}
    >
      {width > 0 && (Rich ? <Rich {...chart} /> : <LightChart {...chart} />)}
    </figure>
  );
}

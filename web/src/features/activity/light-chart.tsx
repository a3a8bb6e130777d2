"use client";

import { eventColor } from "@/lib/events";
import { mostNamedWeeks, type ChartLayout, type Mark } from "./chart-layout";
import type { WeekPoint } from "./prepare-weeks";

export interface ChartProps {
  layout: ChartLayout;
  points: WeekPoint[];
  /** Says the chart to who cannot see it. */
  label: string;
  /** First and second line below a week. */
  weekLabel: (point: WeekPoint) => [string, string];
  count: (n: number) => string;
}

/** The chart at once: plain SVG, no library. */
export function LightChart({ layout, points, label, weekLabel, count }: ChartProps) {
  const { width, height, plot } = layout;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      className="block"
    >
      <Patterns />
      {layout.ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={plot.left}
            x2={plot.right}
            y1={layout.y(tick)}
            y2={layout.y(tick)}
            className="stroke-line"
          />
          <text x={plot.left - 8} y={layout.y(tick)} dy="0.32em" textAnchor="end">
            {count(tick)}
          </text>
        </g>
      ))}
      <Drawing layout={layout} points={points} />
      <Objectives layout={layout} count={count} />
      {layout.labelled.map((index) => (
        <WeekLabel key={index} layout={layout} point={points[index]} index={index} of={weekLabel} />
      ))}
    </svg>
  );
}

export function Patterns() {
  return (
    <defs>
      <pattern id="hatch" width="8" height="3" patternUnits="userSpaceOnUse">
        <rect width="8" height="1.8" fill={eventColor.date_relance} />
      </pattern>
    </defs>
  );
}

export function fillOf(mark: Mark): string {
  return mark.hatched ? "url(#hatch)" : eventColor[mark.event];
}

/** Bars, or lines where bars would be too thin to tell apart. */
export function Drawing({ layout, points }: Pick<ChartProps, "layout" | "points">) {
  if (layout.form === "bars") {
    return points.map((point, index) => (
      <g key={point.week.key} data-week={point.week.key}>
        {layout.marks(index).map((mark) => (
          <rect
            key={mark.event}
            data-bar={mark.event}
            x={mark.x}
            y={mark.y}
            width={mark.width}
            height={mark.height}
            fill={fillOf(mark)}
            opacity={mark.opacity}
          />
        ))}
      </g>
    ));
  }
  return layout.shown.map((event) => {
    const path = points.map((p, i) => `${layout.x(i)},${layout.y(p.counts[event])}`);
    const thin = event === "date_relance";
    return (
      <g
        key={event}
        fill="none"
        stroke={eventColor[event]}
        strokeWidth={thin ? 1 : 1.5}
        strokeLinejoin="round"
      >
        <polyline points={path.slice(0, -1).join(" ")} />
        <polyline points={path.slice(-2).join(" ")} opacity={layout.pale} strokeDasharray="2 2" />
      </g>
    );
  });
}

/** The objective of each event: a thin line, its number at the right. */
export function Objectives({ layout, count }: Pick<ChartProps, "layout" | "count">) {
  return layout.objectives.map(({ event, target, y, labelY }) => (
    <g key={event} data-objective={event}>
      <line
        x1={layout.plot.left}
        x2={layout.plot.right}
        y1={y}
        y2={y}
        stroke={eventColor[event]}
        strokeDasharray="4 3"
        opacity="0.8"
      />
      <rect
        x={layout.plot.right + 4}
        y={labelY - 5}
        width="3"
        height="10"
        rx="1"
        fill={eventColor[event]}
      />
      <text x={layout.plot.right + 11} y={labelY} dy="0.32em">
        {count(target)}
      </text>
    </g>
  ));
}

export function WeekLabel(props: {
  layout: ChartLayout;
  point: WeekPoint | undefined;
  index: number;
  of: ChartProps["weekLabel"];
}) {
  if (!props.point) return null;
  const named = props.layout.points <= mostNamedWeeks;
  const [name, days] = props.of(props.point);
  const x = props.layout.x(props.index);
  const y = props.layout.plot.bottom + 16;
  return (
    <g className={named && props.point.open ? "font-semibold" : undefined}>
      <text x={x} y={y} textAnchor="middle">
        {name}
      </text>
      {props.layout.roomy && (
        <text x={x} y={y + 16} textAnchor="middle">
          {days}
        </text>
      )}
    </g>
  );
}

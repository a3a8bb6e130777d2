"use client";

import {
  Bar,
  CartesianGrid,
  ComposedChart,
  DefaultZIndexes,
  Line,
  Tooltip,
  XAxis,
  YAxis,
  ZIndexLayer,
  type BarShapeProps,
} from "recharts";
import { eventColor, events, type EventId } from "@/lib/events";
import { margin, type ChartLayout } from "./chart-layout";
import { fillOf, Objectives, Patterns, WeekLabel, type ChartProps } from "./light-chart";
import type { WeekPoint } from "./prepare-weeks";
import { WeekTip } from "./week-tip";

/**
 * The chart with what takes a library: the figures of a week under the pointer
 * or the arrow keys. Fetched after the page is usable; it draws by the same
 * layout as the light one, so that nothing moves when it takes its place.
 */
export function RichChart(props: ChartProps) {
  const { layout, points, label, weekLabel, count } = props;
  return (
    <ComposedChart
      data={points}
      width={layout.width}
      height={layout.height}
      margin={{ top: margin.top, right: layout.width - layout.plot.right, bottom: 0, left: 0 }}
      aria-label={label}
      accessibilityLayer
      data-rich="true"
    >
      <Patterns />
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <YAxis
        width={layout.plot.left}
        domain={[0, layout.max]}
        ticks={layout.ticks}
        axisLine={false}
        tickLine={false}
        interval={0}
        tick={({ payload }: { payload: { value: number } }) => (
          <text x={layout.plot.left - 8} y={layout.y(payload.value)} dy="0.32em" textAnchor="end">
            {count(payload.value)}
          </text>
        )}
      />
      <XAxis
        dataKey={(point: WeekPoint) => point.week.key}
        height={margin.bottom}
        axisLine={false}
        tickLine={false}
        interval={0}
        tick={({ index }: { index: number }) =>
          layout.labelled.includes(index) ? (
            <WeekLabel layout={layout} point={points[index]} index={index} of={weekLabel} />
          ) : (
            <g />
          )
        }
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ fill: "var(--hover)", stroke: "var(--line-strong)" }}
        content={({ active, payload }) => {
          const point = payload[0]?.payload as WeekPoint | undefined;
          return active && point ? <WeekTip point={point} shown={layout.shown} /> : null;
        }}
      />
      {layout.form === "bars" ? bars(layout) : lines(layout, points)}
      <ZIndexLayer zIndex={DefaultZIndexes.line + 1}>
        <Objectives layout={layout} count={count} />
      </ZIndexLayer>
    </ComposedChart>
  );
}

function bars(layout: ChartLayout) {
  return layout.shown.map((event) => (
    <Bar
      key={event}
      dataKey={(point: WeekPoint) => point.counts[event]}
      isAnimationActive={false}
      shape={(bar: BarShapeProps) => <BarOf event={event} layout={layout} index={bar.index} />}
    />
  ));
}

/** The bar stands where the layout says, whatever the library would make of it. */
function BarOf(props: { event: EventId; layout: ChartLayout; index: number }) {
  const mark = props.layout.marks(props.index).find((m) => m.event === props.event);
  if (!mark) return <g />;
  return (
    <rect
      data-bar={mark.event}
      x={mark.x}
      y={mark.y}
      width={mark.width}
      height={mark.height}
      fill={fillOf(mark)}
      opacity={mark.opacity}
    />
  );
}

function lines(layout: ChartLayout, points: WeekPoint[]) {
  const last = points.length - 1;
  return events
    .filter((event) => layout.shown.includes(event))
    .flatMap((event) => {
      const common = {
        type: "linear" as const,
        stroke: eventColor[event],
        strokeWidth: event === "date_relance" ? 1 : 1.5,
        dot: false,
        isAnimationActive: false,
      };
      const part = (from: number, to: number) => (point: WeekPoint) => {
        const index = points.indexOf(point);
        return index >= from && index <= to ? point.counts[event] : null;
      };
      return [
        <Line key={event} {...common} dataKey={part(0, last - 1)} />,
        <Line
          key={`${event} open`}
          {...common}
          dataKey={part(last - 1, last)}
          opacity={layout.pale}
          strokeDasharray="2 2"
        />,
      ];
    });
}

"use client";

import { CardBody } from "@/components/card-body";
import { EventName } from "@/components/event-name";
import { Flash } from "@/components/ui/flash";
import { Meter } from "@/components/ui/meter";
import { Skeleton } from "@/components/ui/skeleton";
import { dueToday, paceGap } from "@/features/headline";
import { useWords } from "@/i18n/context";
import { cardState } from "@/lib/api/card-state";
import { useProgress, useStatus, useWeeks } from "@/lib/api/queries";
import type { ProgressRow, WeekSeries } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { eventColor, stages, type EventId } from "@/lib/events";
import { weekOf, weeksBefore } from "@/lib/iso-week";

const grid = "grid grid-cols-2 gap-x-4 gap-y-6 rail:gap-x-6 md:grid-cols-4";
const block = "min-h-34"; // what a figure takes, so that nothing moves when it comes

/** The four figures of the open week. */
export function Figures() {
  const { m, f } = useWords();
  const { data: status } = useStatus();
  const query = useProgress("week");
  const weeks = useWeeks();
  const week = query.data ? weekOf(query.data.start) : null;

  return (
    <section aria-labelledby="figures-title">
      <h2 id="figures-title" className="mb-3 min-h-5 text-13 text-muted">
        {m.figures.title}
        {week && ` · ${m.activity.week(week.number)} · ${f.days(week)}`}
      </h2>
      <CardBody
        state={cardState(query, status)}
        what={m.figures.title}
        empty={m.figures.empty}
        onRetry={() => void query.refetch()}
        skeleton={
          <div className={grid}>
            {stages.map((event) => (
              <div key={event} className={cn(block, "space-y-3")}>
                <Skeleton className="h-4 w-24" />
                <Skeleton className="h-10 w-20" />
                <Skeleton className="h-1" />
                <Skeleton className="h-4 w-28" />
              </div>
            ))}
          </div>
        }
      >
        {() => (
          <ul className={grid}>
            {query.data?.rows.map((row) => (
              <OneFigure
                key={row.event}
                row={row}
                lastWeek={lastWeekOf(row.event, query.data.start, weeks.data)}
              />
            ))}
          </ul>
        )}
      </CardBody>
    </section>
  );
}

function lastWeekOf(event: EventId, start: string, series: WeekSeries | undefined): number | null {
  if (!series) return null;
  const key = weeksBefore(weekOf(start), 1).key;
  return series.weeks.find((w) => w.week === key)?.counts[event] ?? 0;
}

function OneFigure({ row, lastWeek }: { row: ProgressRow; lastWeek: number | null }) {
  const { m, f } = useWords();
  const gap = paceGap(row);
  const reached = row.actual >= row.target;
  const words = reached
    ? m.figures.reached
    : gap < 0
      ? m.figures.behind(f.count(-gap))
      : gap > 0
        ? m.figures.ahead(f.count(gap))
        : m.figures.onPace;
  return (
    <li className={block} data-event={row.event}>
      <p className="text-13 font-medium">
        <EventName event={row.event} />
      </p>
      <p className="mt-1 flex items-baseline gap-2">
        <Flash value={row.actual} className="text-40 leading-[1.2] font-semibold tracking-tight">
          {f.count(row.actual)}
        </Flash>{" "}
        <span className="text-16 text-muted">{m.figures.of(f.count(row.target))}</span>
      </p>
      <div className="mt-2">
        <Meter
          share={row.attainment}
          tick={row.expected / row.target}
          color={eventColor[row.event]}
          label={m.figures.bar(f.percent(row.attainment), f.count(dueToday(row)))}
        />
      </div>
      <p className="mt-1 flex flex-wrap justify-between gap-x-2 text-13">
        <span className={cn(gap < 0 && !reached ? "font-medium" : "")}>{words}</span>{" "}
        {lastWeek !== null && (
          <span className="text-muted">{m.figures.lastWeek(f.count(lastWeek))}</span>
        )}
      </p>
    </li>
  );
}

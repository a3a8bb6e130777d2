"use client";

import { Table2 } from "lucide-react";
import { useId, useMemo, useRef, useState } from "react";
import { CardBody } from "@/components/card-body";
import { Button } from "@/components/ui/button";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { useWords } from "@/i18n/context";
import { cardState } from "@/lib/api/card-state";
import { useProgress, useStatus, useWeeks } from "@/lib/api/queries";
import { cn } from "@/lib/cn";
import type { EventId } from "@/lib/events";
import { ChartFigure } from "./chart-figure";
import { ChartSkeleton } from "./chart-skeleton";
import { Legend } from "./legend";
import { hasEvents, prepareWeeks, ranges, type Range } from "./prepare-weeks";
import { WeekTable } from "./week-table";

/** The chart of the five events, with its table one key away. */
export function Activity() {
  const { m } = useWords();
  const { data: status } = useStatus();
  const query = useWeeks();
  const progress = useProgress("week");
  const [range, setRange] = useState<Range>(12);
  const [only, setOnly] = useState<EventId | null>(null);
  const [tabled, setTabled] = useState(false);
  const tableId = useId();
  const card = useRef<HTMLElement>(null);

  const today = status?.today ?? progress.data?.today;
  const points = useMemo(
    () => (query.data && today ? prepareWeeks(query.data.weeks, today, range) : null),
    [query.data, today, range],
  );
  const objectives = useMemo(
    () => Object.fromEntries(progress.data?.rows.map((r) => [r.event, r.target]) ?? []),
    [progress.data],
  );
  const state = cardState({ data: points ?? undefined, isError: query.isError }, status);
  const empty = state === "ready" && points !== null && range === "all" && !hasEvents(points);

  return (
    <Card
      id="activity"
      aria-labelledby="activity-title"
      ref={card}
      onKeyDown={(e) => {
        const typing = e.ctrlKey || e.metaKey || e.altKey;
        if (e.key.toLowerCase() === "t" && !typing) setTabled((shown) => !shown);
      }}
    >
      <CardHeader>
        <CardTitle id="activity-title">{m.activity.title}</CardTitle>
        <Legend only={only} onOnly={setOnly} className="max-xl:order-last max-xl:w-full" />
        <div className="ml-auto flex items-center gap-2 max-sm:order-last max-sm:ml-0 max-sm:w-full print:hidden">
          <Segmented
            label={m.activity.range}
            className="max-sm:flex-1"
            value={String(range)}
            onChange={(value) => setRange(ranges.find((r) => String(r) === value) ?? 12)}
            options={ranges.map((r) => ({
              value: String(r),
              label: r === "all" ? m.activity.all : m.activity.shortWeeks(r),
              name: r === "all" ? m.activity.allLong : m.activity.weeks(r),
            }))}
          />
          <Button
            size="sm"
            aria-expanded={tabled}
            aria-controls={tableId}
            aria-keyshortcuts="T"
            title={m.activity.tableKey}
            onClick={() => setTabled(!tabled)}
          >
            <Table2 aria-hidden />
            <span className="max-rail:sr-only">{m.activity.showTable}</span>
          </Button>
        </div>
      </CardHeader>
      <CardBody
        state={empty ? "empty" : state}
        what={m.activity.what}
        empty={m.activity.empty}
        onRetry={() => void query.refetch()}
        skeleton={<ChartSkeleton />}
      >
        {() =>
          points && (
            <>
              <ChartFigure points={points} only={only} objectives={objectives} />
              <div id={tableId} className={cn("pb-2 print:block", !tabled && "hidden")}>
                <WeekTable points={points} />
              </div>
            </>
          )
        }
      </CardBody>
    </Card>
  );
}

"use client";

import { Swatch } from "@/components/event-name";
import { useWords } from "@/i18n/context";
import type { EventId } from "@/lib/events";
import type { WeekPoint } from "./prepare-weeks";

/** The figures of one week, beside the pointer. */
export function WeekTip({ point, shown }: { point: WeekPoint; shown: EventId[] }) {
  const { m, f } = useWords();
  return (
    <div className="min-w-44 rounded-control border border-line bg-surface px-3 py-2 text-13 shadow-float">
      <p className="mb-1 font-medium whitespace-nowrap">
        {m.activity.week(point.week.number)} · {f.days(point.week)}
        {point.open && <span className="font-normal text-muted"> · {m.activity.openWeek}</span>}
      </p>
      <ul>
        {shown.map((event) => (
          <li key={event} className="flex items-center gap-2">
            <Swatch event={event} />
            <span className="text-muted">{m.event[event].title}</span>
            <span className="ml-auto pl-4 font-medium">{f.count(point.counts[event])}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

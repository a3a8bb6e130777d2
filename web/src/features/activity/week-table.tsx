"use client";

import { EventName } from "@/components/event-name";
import { Flash } from "@/components/ui/flash";
import { Figure, Head, Row, RowHead, Table } from "@/components/ui/table";
import { useWords } from "@/i18n/context";
import { events } from "@/lib/events";
import type { WeekPoint } from "./prepare-weeks";

/** The chart's figures, to read one by one. */
export function WeekTable({ points }: { points: WeekPoint[] }) {
  const { m, f } = useWords();
  return (
    <Table label={m.activity.tableCaption}>
      <caption className="sr-only">{m.activity.tableCaption}</caption>
      <thead>
        <tr>
          <Head>{m.activity.columnWeek}</Head>
          {events.map((event) => (
            <Head key={event} figure>
              <EventName event={event} />
            </Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.toReversed().map((point) => (
          <Row key={point.week.key}>
            <RowHead>
              {m.activity.week(point.week.number)} · {f.days(point.week)}
              {point.open && <span className="text-muted"> ({m.activity.openWeek})</span>}
            </RowHead>
            {events.map((event) => (
              <Figure key={event}>
                <Flash value={point.counts[event]}>{f.count(point.counts[event])}</Flash>
              </Figure>
            ))}
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

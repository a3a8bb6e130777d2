"use client";

import { CardBody } from "@/components/card-body";
import { EventName } from "@/components/event-name";
import { TableSkeleton } from "@/components/table-skeleton";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Flash } from "@/components/ui/flash";
import { StandingMark } from "@/components/ui/standing";
import { Figure, Head, Row, RowHead, Table, Words } from "@/components/ui/table";
import { Term } from "@/components/ui/term";
import { paceGap } from "@/features/headline";
import { useWords } from "@/i18n/context";
import { cardState } from "@/lib/api/card-state";
import { useProgress, useStatus } from "@/lib/api/queries";
import type { Progress } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { weekOf } from "@/lib/iso-week";
import { forecast } from "./forecast";

// What a narrow card leaves out first.
const roomForForecast = "@max-[560px]:hidden";
const roomForShare = "@max-[460px]:hidden";
const narrowOnly = "@min-[460px]:hidden";

/** What was aimed at, what is done, and where it leads. One grain a card. */
export function Objectives({ grain }: { grain: Progress["grain"] }) {
  const { m, f } = useWords();
  const { data: status } = useStatus();
  const query = useProgress(grain);
  const title = grain === "month" ? m.objectives.month : m.objectives.week;
  const id = `objectives-${grain}`;

  return (
    <Card aria-labelledby={id}>
      <CardHeader>
        <CardTitle id={id}>{title}</CardTitle>
        <p className="ml-auto text-13 text-muted">{query.data && periodName(query.data)}</p>
      </CardHeader>
      <CardBody
        state={cardState(query, status)}
        what={title}
        empty={m.objectives.empty}
        onRetry={() => void query.refetch()}
        skeleton={<TableSkeleton rows={4} />}
      >
        {() => query.data && <ObjectiveTable progress={query.data} label={title} />}
      </CardBody>
    </Card>
  );

  function periodName(progress: Progress): string {
    if (progress.grain === "month") return f.monthName(progress.start);
    const week = weekOf(progress.start);
    return `${m.activity.week(week.number)} · ${f.days(week)}`;
  }
}

function ObjectiveTable({ progress, label }: { progress: Progress; label: string }) {
  const { m, f } = useWords();
  const { columns, explain } = m.objectives;
  return (
    <Table label={label}>
      <thead>
        <tr>
          <Head>{columns.event}</Head>
          <Head figure>{columns.actual}</Head>
          <Head figure className={roomForShare}>
            {columns.target}
          </Head>
          <Head figure className={roomForShare}>
            <Term definition={explain.attainment}>{columns.attainment}</Term>
          </Head>
          <Head figure>
            <Term definition={explain.gap}>{columns.gap}</Term>
          </Head>
          <Head figure className={roomForForecast}>
            <Term definition={explain.forecast}>{columns.forecast}</Term>
          </Head>
          <Head>
            <Term definition={explain.standing}>{columns.standing}</Term>
          </Head>
        </tr>
      </thead>
      <tbody>
        {progress.rows.map((row) => {
          const end = forecast(row, progress.elapsed);
          return (
            <Row key={row.event} data-event={row.event}>
              <RowHead className="@max-[460px]:whitespace-normal">
                <EventName event={row.event} />
              </RowHead>
              <Figure className="font-medium">
                <Flash value={row.actual}>{f.count(row.actual)}</Flash>
                <span className={cn("font-normal text-muted", narrowOnly)}>
                  {" / "}
                  {f.count(row.target)}
                </span>
              </Figure>
              <Figure className={cn("text-muted", roomForShare)}>{f.count(row.target)}</Figure>
              <Figure className={roomForShare}>{f.wholePercent(row.attainment)}</Figure>
              <Figure>{f.difference(paceGap(row))}</Figure>
              <Figure className={roomForForecast}>
                {end === null ? (
                  <Term definition={m.objectives.noForecast}>{m.conversion.none}</Term>
                ) : (
                  f.count(end)
                )}
              </Figure>
              <Words>
                <StandingMark standing={row.standing} word={m.standing[row.standing]} />
              </Words>
            </Row>
          );
        })}
      </tbody>
    </Table>
  );
}

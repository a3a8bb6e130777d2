"use client";

import { CardBody } from "@/components/card-body";
import { TableSkeleton } from "@/components/table-skeleton";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Flash } from "@/components/ui/flash";
import { Meter } from "@/components/ui/meter";
import { StandingMark } from "@/components/ui/standing";
import { Figure, Head, Row, RowHead, Table, Words } from "@/components/ui/table";
import { Term } from "@/components/ui/term";
import { useWords } from "@/i18n/context";
import { cardState } from "@/lib/api/card-state";
import { useConversion, useStatus } from "@/lib/api/queries";
import type { Conversion as Data, ConversionRow } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { eventColor } from "@/lib/events";
import { lastDay } from "@/lib/iso-week";

// A narrow card says these in a second line under the step.
const wide = "@max-[560px]:hidden";

/** The share of leads that pass from one stage to the next. */
export function Conversion() {
  const { m, f } = useWords();
  const { data: status } = useStatus();
  const query = useConversion();

  return (
    <Card id="conversion" aria-labelledby="conversion-title">
      <CardHeader>
        <CardTitle id="conversion-title">{m.conversion.title}</CardTitle>
        <p className="ml-auto text-13 text-muted">
          {query.data && m.conversion.range(f.day(query.data.from), f.day(lastDay(query.data.to)))}
        </p>
      </CardHeader>
      <CardBody
        state={cardState(query, status)}
        what={m.conversion.what}
        empty={m.conversion.empty}
        onRetry={() => void query.refetch()}
        skeleton={<TableSkeleton rows={4} />}
      >
        {() => query.data && <ConversionTable conversion={query.data} />}
      </CardBody>
    </Card>
  );
}

function ConversionTable({ conversion }: { conversion: Data }) {
  const { m } = useWords();
  const { columns, explain } = m.conversion;
  return (
    <Table label={m.conversion.title}>
      <thead>
        <tr>
          <Head>{columns.step}</Head>
          <Head figure className={wide}>
            {columns.from}
          </Head>
          <Head figure className={wide}>
            {columns.to}
          </Head>
          <Head figure>
            <Term definition={explain.ratio}>{columns.ratio}</Term>
          </Head>
          <Head className="w-1/4 @max-[760px]:hidden" aria-hidden="true" />
          <Head figure className={wide}>
            {columns.target}
          </Head>
          <Head figure className={wide}>
            <Term definition={explain.gap}>{columns.gap}</Term>
          </Head>
          <Head>
            <Term definition={explain.standing}>{columns.standing}</Term>
          </Head>
        </tr>
      </thead>
      <tbody>
        {conversion.rows.map((row) => (
          <OneConversion key={row.from + row.to} row={row} />
        ))}
      </tbody>
    </Table>
  );
}

function OneConversion({ row }: { row: ConversionRow }) {
  const { m, f } = useWords();
  const from = m.event[row.from];
  const to = m.event[row.to];
  const none = <Term definition={m.conversion.noneWhy(from.other)}>{m.conversion.none}</Term>;
  return (
    <Row data-step={`${row.from}-${row.to}`}>
      <RowHead className="@max-[560px]:py-2 @max-[560px]:whitespace-normal">
        <Term definition={from.definition}>{from.title}</Term>
        <span className="px-0.5 text-muted"> → </span>
        <Term definition={to.definition}>{to.title.toLocaleLowerCase(m.language)}</Term>
        <span className="block text-12 text-muted @min-[560px]:hidden">
          {f.count(row.fromCount)} → {f.count(row.toCount)} ·{" "}
          {m.conversion.aim(f.percent(row.target))}
        </span>
      </RowHead>
      <Figure className={wide}>
        <Flash value={row.fromCount}>{f.count(row.fromCount)}</Flash>
      </Figure>
      <Figure className={wide}>
        <Flash value={row.toCount}>{f.count(row.toCount)}</Flash>
      </Figure>
      <Figure className="font-medium">
        {row.ratio === null ? none : <Flash value={row.ratio}>{f.ratio(row.ratio)}</Flash>}
      </Figure>
      <td aria-hidden="true" className="px-4 @max-[760px]:hidden">
        <Meter
          share={row.ratio ?? 0}
          tick={row.target}
          color={eventColor[row.to]}
          label={row.ratio === null ? m.conversion.none : f.ratio(row.ratio)}
        />
      </td>
      <Figure className={cn("text-muted", wide)}>{f.percent(row.target)}</Figure>
      <Figure className={wide}>{row.gap === null ? m.conversion.none : f.points(row.gap)}</Figure>
      <Words>
        {row.standing === null ? (
          <span className="text-muted">{m.conversion.none}</span>
        ) : (
          <StandingMark
            standing={row.standing}
            word={m.ratioStanding[row.standing === "late" ? "near" : row.standing]}
          />
        )}
      </Words>
    </Row>
  );
}

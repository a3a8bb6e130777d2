"use client";

import { Fragment, type ReactNode } from "react";
import { Flash } from "@/components/ui/flash";
import { Skeleton } from "@/components/ui/skeleton";
import { useWords } from "@/i18n/context";
import { useStatus } from "@/lib/api/queries";
import type { Status } from "@/lib/api/types";
import { dataAge } from "@/lib/data-age";
import { useNow } from "@/lib/use-now";

/** Data of when, from where, how many leads, which version, and how the sync stands. */
export function Provenance() {
  const { m } = useWords();
  const { data: status, dataUpdatedAt } = useStatus();
  const sinceRead = Math.max(0, (useNow() - dataUpdatedAt) / 1000);
  return (
    <footer
      id="provenance"
      aria-label={m.provenance.title}
      className="min-h-16 space-y-1 border-t border-line pt-4 text-13 text-muted"
    >
      {status ? (
        <>
          <Line status={status} sinceRead={sinceRead} />
          <Failure status={status} />
        </>
      ) : (
        <Skeleton className="h-4 w-96 max-w-full" />
      )}
    </footer>
  );
}

function Line({ status, sinceRead }: { status: Status; sinceRead: number }) {
  const { m, f } = useWords();
  const p = m.provenance;
  const items: ReactNode[] = [
    status.lastSuccess && status.freshnessSeconds !== null
      ? p.dataOf(
          f.moment(status.lastSuccess, status.timeZone),
          f.age(dataAge(status, sinceRead) ?? 0),
        )
      : p.noData,
    status.demo ? p.demoSource : status.source && p.source(status.source.kind, status.source.name),
    <Flash key="rows" value={status.rows}>
      {p.leads(f.count(status.rows), status.rows)}
    </Flash>,
    status.version !== null && (
      <Flash key="version" value={status.version}>
        {p.version(f.count(status.version))}
      </Flash>
    ),
    p.timeZone(status.timeZone),
    state(),
  ];
  return (
    <p data-slot="provenance">
      {items.filter(Boolean).map((item, i) => (
        <Fragment key={i}>
          {i > 0 && " · "}
          <span>{item}</span>
        </Fragment>
      ))}
    </p>
  );

  function state(): string | null {
    if (status.running) {
      const remaining = status.progress?.remainingSeconds ?? null;
      return p.running(
        f.count(status.progress?.seen ?? 0),
        remaining === null ? null : f.duration(remaining),
      );
    }
    if (status.elsewhere) return p.elsewhere;
    return status.lastError || !status.lastSuccess ? null : p.idle;
  }
}

/** The server's own sentence is in English, whatever the page is in. */
function Failure({ status }: { status: Status }) {
  const { m, f } = useWords();
  const p = m.provenance;
  if (!status.lastError) return null;
  return (
    <p data-slot="last-error">
      <span className="text-bad">{p.failed(f.moment(status.lastError.at, status.timeZone))}</span>{" "}
      {status.lastSuccess
        ? p.stillSafe(f.moment(status.lastSuccess, status.timeZone))
        : p.nothingYet}{" "}
      {p.cause}
      <span lang="en">{sentence(status.lastError.message)}</span>
    </p>
  );
}

/** With its full stop. */
function sentence(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}

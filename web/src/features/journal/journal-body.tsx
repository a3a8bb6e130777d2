"use client";

import type { ReactNode } from "react";
import { CardBody } from "@/components/card-body";
import { TableSkeleton } from "@/components/table-skeleton";
import { useWords } from "@/i18n/context";
import { useRuns, useSchema } from "@/lib/api/journal-queries";
import { RunsTable } from "./runs-table";
import { SchemaTable } from "./schema-table";

/** The runs, and below them the properties with the columns that they feed. */
export function JournalBody() {
  const { m } = useWords();
  const runs = useRuns();
  const schema = useSchema();
  return (
    <>
      <Part query={runs} what={m.journal.what} empty={m.journal.empty}>
        {(data) => <RunsTable runs={data} />}
      </Part>
      <h3 className="px-4 pt-6 pb-1 font-semibold sm:px-6">{m.journal.schema.title}</h3>
      <Part
        query={{ ...schema, data: schema.data && [schema.data].filter((s) => s.properties.length) }}
        what={m.journal.schema.title}
        empty={m.journal.schema.empty}
      >
        {([data]) => data && <SchemaTable schema={data} />}
      </Part>
    </>
  );
}

function Part<T>(props: {
  query: { data: T[] | undefined; isError: boolean; refetch: () => unknown };
  what: string;
  empty: string;
  children: (data: T[]) => ReactNode;
}) {
  const { data, isError, refetch } = props.query;
  const state = data ? (data.length > 0 ? "ready" : "empty") : isError ? "error" : "loading";
  return (
    <CardBody
      state={state}
      what={props.what}
      empty={props.empty}
      onRetry={() => void refetch()}
      skeleton={<TableSkeleton rows={4} />}
    >
      {() => props.children(data ?? [])}
    </CardBody>
  );
}

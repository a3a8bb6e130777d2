"use client";

import { Head, Row, RowHead, Table, Words } from "@/components/ui/table";
import { useWords } from "@/i18n/context";
import type { SourceSchema } from "@/lib/api/journal";
import { useStatus } from "@/lib/api/queries";
import { cn } from "@/lib/cn";

const lastChanges = 10;
const wraps = "py-1 whitespace-normal! [overflow-wrap:anywhere]";

/** Which property feeds which column, and what changed last. */
export function SchemaTable({ schema }: { schema: SourceSchema }) {
  const { m, f } = useWords();
  const { data: status } = useStatus();
  const s = m.journal.schema;
  const moment = (at: string) => f.moment(at, status?.timeZone ?? "UTC");
  return (
    <>
      <Table label={s.title}>
        <thead>
          <tr>
            <Head>{s.columns.property}</Head>
            <Head>{s.columns.column}</Head>
            <Head>{s.columns.kind}</Head>
          </tr>
        </thead>
        <tbody>
          {schema.properties.map((p) => (
            <Row key={p.id} data-property={p.id}>
              <RowHead className={wraps}>
                <span className={cn(p.removedAt && "text-muted line-through")}>{p.label}</span>
                {p.removedAt && (
                  <span className="block text-12 text-late">
                    ◆ {s.removed(moment(p.removedAt))}
                  </span>
                )}
              </RowHead>
              <Words className={wraps}>
                <code className="font-mono text-12">{p.column}</code>
              </Words>
              <Words className={cn(wraps, "text-muted")}>{p.kind}</Words>
            </Row>
          ))}
        </tbody>
      </Table>
      <div className="px-4 pt-4 pb-2 text-13 sm:px-6">
        <h4 className="font-medium">{s.changes}</h4>
        {schema.changes.length === 0 && <p className="text-muted">{s.noChanges}</p>}
        <ul className="max-w-prose space-y-1 pt-1 [overflow-wrap:anywhere]">
          {schema.changes.slice(0, lastChanges).map((c, i) => (
            <li key={i}>
              <span className="text-muted">{moment(c.at)}</span>{" "}
              {s.change[c.change](c.property, c.was, c.is)}
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

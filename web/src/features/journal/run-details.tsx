"use client";

import { useWords } from "@/i18n/context";
import { imbalance, type SyncRun } from "@/lib/api/journal";

/** What the figures of a run do not say. The server's sentences are in English. */
export function RunDetails({ run }: { run: SyncRun }) {
  const { m, f } = useWords();
  const j = m.journal;
  return (
    <ul className="max-w-prose space-y-1 text-13 [overflow-wrap:anywhere]">
      {run.failed && (
        <li>
          {j.failedWhy} {run.error && <span lang="en">{run.error}</span>}
        </li>
      )}
      {run.held > 0 && <li>{j.heldWhy(f.count(run.held), run.held)}</li>}
      {run.balance && <li>{balance(run.balance)}</li>}
      {run.warnings.map((warning) => (
        <li key={warning.text}>
          <span aria-hidden="true">◆ </span>
          <span lang="en">{warning.text}</span>
          {warning.count > 0 && ` (${j.times(f.count(warning.count))})`}
          {warning.examples.length > 0 && (
            <span className="text-muted">
              {" "}
              {j.examples} <Ids ids={warning.examples} />
            </span>
          )}
        </li>
      ))}
      {run.changes.map((c, i) => (
        <li key={i}>{j.schema.change[c.change](c.property, c.was, c.is)}</li>
      ))}
      {run.requests > 0 && (
        <li className="text-muted">
          {j.effort(
            f.count(run.requests),
            run.requests,
            run.retries > 0 ? f.count(run.retries) : null,
            run.waitedSeconds >= 1 ? f.duration(run.waitedSeconds) : null,
          )}
        </li>
      )}
      {run.failedRequests.length > 0 && (
        <li className="text-muted">
          {j.failedRequests} <Ids ids={run.failedRequests} />
        </li>
      )}
    </ul>
  );

  function balance(b: NonNullable<SyncRun["balance"]>): string {
    const off = imbalance(b);
    const line = j.balance(f.count(b.active), f.count(b.archived), f.count(b.table));
    return `${line} ${off === 0 ? j.even : j.off(f.difference(off))}`;
  }
}

function Ids({ ids }: { ids: string[] }) {
  return (
    <>
      {ids.map((id, i) => (
        <span key={id}>
          {i > 0 && ", "}
          <code className="font-mono text-12">{id}</code>
        </span>
      ))}
    </>
  );
}

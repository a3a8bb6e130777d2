"use client";

import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { Figure, Head, Row, RowHead, Table, Words } from "@/components/ui/table";
import { useWords } from "@/i18n/context";
import { hasDetails, type SyncRun } from "@/lib/api/journal";
import { useStatus } from "@/lib/api/queries";
import { cn } from "@/lib/cn";
import { RunDetails } from "./run-details";

// A narrow table says these in a second line under the moment.
const wide = "@max-[640px]:hidden";

/** The last runs, a line each; what else there is to say opens below it. */
export function RunsTable({ runs }: { runs: SyncRun[] }) {
  const { m } = useWords();
  const { columns } = m.journal;
  return (
    <Table label={m.journal.title}>
      <thead>
        <tr>
          <Head>{columns.when}</Head>
          <Head className={wide}>{columns.mode}</Head>
          <Head figure>{columns.seen}</Head>
          <Head figure>{columns.inserted}</Head>
          <Head figure>{columns.updated}</Head>
          <Head figure className={wide}>
            {columns.gone}
          </Head>
          <Head figure className={wide}>
            {columns.held}
          </Head>
          <Head figure className={wide}>
            {columns.duration}
          </Head>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <OneRun key={run.id} run={run} />
        ))}
      </tbody>
    </Table>
  );
}

function OneRun({ run }: { run: SyncRun }) {
  const { m, f } = useWords();
  const [open, setOpen] = useState(run.failed);
  const id = useId();
  const j = m.journal;
  const mode = (
    <>
      {j.modes[run.mode]}
      {run.failed && <span className="text-bad"> ■ {j.failure}</span>}
      {run.warnings.length > 0 && (
        <span className="text-late">
          {" "}
          ◆ {j.warnings(f.count(run.warnings.length), run.warnings.length)}
        </span>
      )}
    </>
  );
  return (
    <>
      <Row data-run={run.id}>
        <RowHead className="@max-[640px]:py-2 @max-[640px]:whitespace-normal">
          <When run={run} open={open} controls={id} onToggle={() => setOpen(!open)} />
          <span className="block text-12 text-muted @min-[640px]:hidden">
            {mode} · {f.duration(run.seconds)}
            {run.gone > 0 && ` · ${j.goneAway(f.count(run.gone), run.gone)}`}
            {run.held > 0 && ` · ${j.heldBack(f.count(run.held), run.held)}`}
          </span>
        </RowHead>
        <Words className={wide}>{mode}</Words>
        <Figure>{f.count(run.seen)}</Figure>
        <Figure>{f.count(run.inserted)}</Figure>
        <Figure>{f.count(run.updated)}</Figure>
        <Figure className={wide}>{f.count(run.gone)}</Figure>
        <Figure className={cn(wide, run.held > 0 && "font-medium text-late")}>
          {f.count(run.held)}
        </Figure>
        <Figure className={wide}>{f.duration(run.seconds)}</Figure>
      </Row>
      {hasDetails(run) && (
        <tr id={id} hidden={!open}>
          <td colSpan={8} className="px-4 pb-3 whitespace-normal sm:px-6">
            <RunDetails run={run} />
          </td>
        </tr>
      )}
    </>
  );
}

function When(props: { run: SyncRun; open: boolean; controls: string; onToggle: () => void }) {
  const { m, f } = useWords();
  const { data: status } = useStatus();
  const moment = f.moment(props.run.startedAt, status?.timeZone ?? "UTC");
  if (!hasDetails(props.run)) return <span className="pl-5">{moment}</span>;
  return (
    <button
      type="button"
      aria-expanded={props.open}
      aria-controls={props.controls}
      aria-label={m.journal.details(moment)}
      onClick={props.onToggle}
      className="inline-flex cursor-pointer items-center gap-1 rounded-[3px] touch:min-h-11"
    >
      <ChevronRight aria-hidden className={cn("size-4 text-muted", props.open && "rotate-90")} />
      {moment}
    </button>
  );
}

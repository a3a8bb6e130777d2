"use client";

import { RefreshCw, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useWords } from "@/i18n/context";
import { problemDetail } from "@/lib/api/problem";
import { useStatus, type useSync } from "@/lib/api/queries";
import { cn } from "@/lib/cn";

type Sync = ReturnType<typeof useSync>;

/** Starts a sync; says how far one is that runs. */
export function SyncButton({ sync }: { sync: Sync }) {
  const { m, f } = useWords();
  const { data: status } = useStatus();
  const running = status?.running === true || sync.isPending;
  const seen = status?.progress?.seen;
  const label = running ? m.sync.running : m.sync.start;
  return (
    <div className="side:w-full">
      <Button
        className="max-side:size-11 max-side:border-transparent max-side:bg-transparent max-side:p-0 side:w-full"
        aria-label={label}
        aria-disabled={running}
        title={label}
        onClick={() => !running && sync.mutate()}
      >
        <RefreshCw aria-hidden className={cn(running && "turning")} />
        <span className="max-side:hidden">{label}</span>
      </Button>
      <p className="mt-1 min-h-4.5 text-center text-12 text-muted max-side:hidden">
        {running && seen !== undefined && m.sync.runningRows(f.count(seen))}
      </p>
    </div>
  );
}

/**
 * What the server answered to the wish for a sync, over the page until it is
 * dismissed. That it did not answer is over once it does.
 */
export function SyncMessage({ sync }: { sync: Sync }) {
  const { m } = useWords();
  const { dataUpdatedAt: answeredAt } = useStatus();
  const detail = problemDetail(sync.error);
  const silent = detail === null && answeredAt <= sync.submittedAt;
  const text = detail ? (
    <>
      {m.sync.refused}
      <span lang="en">{detail}</span>
    </>
  ) : silent ? (
    m.sync.failed
  ) : null;
  return (
    <div role="alert" className="print:hidden">
      {sync.isError && text && (
        <div className="fixed inset-x-4 bottom-20 z-40 flex items-start gap-3 rounded-surface border border-line bg-surface p-4 shadow-float rail:right-6 rail:bottom-6 rail:left-auto rail:max-w-md">
          <p>{text}</p>
          <Button
            variant="ghost"
            size="icon"
            className="-m-2"
            aria-label={m.sync.dismiss}
            onClick={() => sync.reset()}
          >
            <X aria-hidden />
          </Button>
        </div>
      )}
    </div>
  );
}

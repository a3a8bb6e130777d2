"use client";

import { FlaskConical, TriangleAlert } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { useWords } from "@/i18n/context";
import { useStatus } from "@/lib/api/queries";
import { cn } from "@/lib/cn";
import { useNow } from "@/lib/use-now";
import { DemoSteps } from "./demo-steps";
import { pickNotice } from "./notice";

/**
 * The day, and beside it the one thing that must be known before the figures
 * are read. The line is always there, so that a notice moves nothing.
 */
export function Masthead() {
  const { m, f } = useWords();
  const { data: status, isError, dataUpdatedAt } = useStatus();
  const now = useNow();
  const notice = pickNotice(status, isError, (now - dataUpdatedAt) / 1000);
  const day = status ? f.longDay(status.today) : "";

  return (
    <header
      className="flex min-h-13 flex-wrap items-center gap-x-4 text-13 rail:min-h-11"
      data-notice={notice.kind}
    >
      <p
        className={cn(
          "min-h-5 text-muted first-letter:uppercase",
          notice.kind !== "none" && "max-xl:hidden",
        )}
      >
        {day}
      </p>
      <div role="status" className="max-w-full xl:ml-auto">
        {notice.kind === "demo" && <Demo />}
        {notice.kind === "offline" && (
          <Warning>
            {notice.age === null ? m.notice.offlineNoData : m.notice.offline(f.age(notice.age))}
          </Warning>
        )}
        {notice.kind === "syncFailed" && (
          <Warning>
            {m.notice.syncFailed} {status && status.rows > 0 && `${m.notice.safe} `}
            <a href="#provenance" className="underline underline-offset-2">
              {m.notice.details}
            </a>
          </Warning>
        )}
        {notice.kind === "old" && <Warning>{m.notice.old(f.age(notice.age))}</Warning>}
      </div>
    </header>
  );
}

function Warning({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 rounded-control bg-note px-3 py-1.5">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-late" />
      <span>{children}</span>
    </p>
  );
}

/** That the leads are invented, and how to see one's own. */
function Demo() {
  const { m } = useWords();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="relative rounded-control bg-note px-3 py-1.5" data-slot="demo">
      <p className="flex items-start gap-2">
        <FlaskConical aria-hidden className="mt-0.5 size-4 shrink-0 text-near" />
        <span>
          {m.notice.demo}{" "}
          <span className="max-[1400px]:hidden">
            <DemoSteps />
          </span>
          <button
            type="button"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
            className="cursor-pointer font-medium underline underline-offset-2 min-[1400px]:hidden print:hidden"
          >
            {m.notice.demoHow}
          </button>
        </span>
      </p>
      <p
        id={id}
        hidden={!open}
        className="absolute inset-x-0 top-full z-20 mt-1 rounded-control border border-line bg-surface px-3 py-2 shadow-float min-[1400px]:hidden"
      >
        <DemoSteps />
      </p>
    </div>
  );
}

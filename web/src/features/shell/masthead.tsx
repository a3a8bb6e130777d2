"use client";

import { FlaskConical, Hourglass, OctagonAlert, TriangleAlert } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { useWords } from "@/i18n/context";
import { useStatus } from "@/lib/api/queries";
import type { Status } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { dataAge, judgeAge } from "@/lib/data-age";
import { useNow } from "@/lib/use-now";
import { DemoSteps } from "./demo-steps";
import { HeldNotice } from "./held-notice";
import { pickActivity, pickNotice, type Notice } from "./notice";

/**
 * The day and the age of the figures, or the one thing that must be known
 * before they are read, which tells the age where that matters. The line is always there, so that a notice
 * moves nothing.
 */
export function Masthead() {
  const { m, f } = useWords();
  const { data: status, isError, dataUpdatedAt } = useStatus();
  const now = useNow();
  const sinceRead = (now - dataUpdatedAt) / 1000;
  const notice = pickNotice(status, isError, sinceRead);
  const age = dataAge(status, sinceRead);

  return (
    <div>
      <HeldNotice held={status?.held ?? null} />
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
          {status ? f.longDay(status.today) : ""}
          {age !== null && notice.kind === "none" && (
            <span data-slot="age"> · {age < 60 ? m.notice.fresh : m.notice.age(f.age(age))}</span>
          )}
        </p>
        <div role="status" className="max-w-full xl:ml-auto">
          <NoticeLine notice={notice} status={status} />
        </div>
      </header>
      <ActivityLine status={status} now={now} />
    </div>
  );
}

function NoticeLine({ notice, status }: { notice: Notice; status: Status | undefined }) {
  const { m, f } = useWords();
  switch (notice.kind) {
    case "none":
      return null;
    case "demo":
      return <Demo />;
    case "offline":
      return (
        <Warning strong={notice.age !== null && judgeAge(notice.age) === "old"}>
          {notice.age === null ? m.notice.offlineNoData : m.notice.offline(f.age(notice.age))}
        </Warning>
      );
    case "syncFailed":
      return (
        <Warning strong={notice.age !== null && judgeAge(notice.age) === "old"}>
          {m.notice.syncFailed}{" "}
          {status && status.rows > 0 && notice.age !== null && (
            <>{m.notice.safe(f.age(notice.age))} </>
          )}
          <a href="#provenance" className="underline underline-offset-2">
            {m.notice.details}
          </a>
        </Warning>
      );
    case "aging":
      return <Warning>{m.notice.aging(f.age(notice.age))}</Warning>;
    case "old":
      return <Warning strong>{m.notice.old(f.age(notice.age))}</Warning>;
  }
}

/** What a sync waits for, and how far a long one is. Only what it waits for is read out. */
function ActivityLine({ status, now }: { status: Status | undefined; now: number }) {
  const { m, f } = useWords();
  const activity = pickActivity(status, now);
  const waits =
    activity.kind === "paused" && status
      ? m.notice.paused(f.time(activity.until, status.timeZone))
      : activity.kind === "elsewhere"
        ? m.notice.elsewhere
        : null;
  return (
    <div data-activity={activity.kind} className="text-13">
      <div role="status">
        {waits && (
          <p
            className="flex items-start gap-2 py-1"
            title={activity.kind === "elsewhere" ? activity.holder : undefined}
          >
            <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
            <span>{waits}</span>
          </p>
        )}
      </div>
      {activity.kind === "running" && (
        <p className="py-1 text-muted">
          {m.notice.running(f.count(activity.seen), f.duration(activity.remaining))}
        </p>
      )}
    </div>
  );
}

function Warning({ strong, children }: { strong?: boolean; children: ReactNode }) {
  const Sign = strong ? OctagonAlert : TriangleAlert;
  return (
    <p
      data-strong={strong ? true : undefined}
      className={cn(
        "flex items-start gap-2 rounded-control bg-note px-3 py-1.5",
        strong && "font-medium ring-1 ring-bad",
      )}
    >
      <Sign
        aria-hidden
        className={cn("mt-0.5 size-4 shrink-0", strong ? "text-bad" : "text-late")}
      />
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

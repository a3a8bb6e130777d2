"use client";

import { emptyHint } from "@/components/empty-hint";
import { standingColor, standingShape } from "@/components/ui/standing";
import { useWords } from "@/i18n/context";
import { cardState } from "@/lib/api/card-state";
import { useProgress, useStatus } from "@/lib/api/queries";
import type { Standing } from "@/lib/api/types";
import { cn } from "@/lib/cn";
import { judgeWeek, type Verdict } from "./judge-week";

const standing: Record<Verdict, Standing> = {
  done: "good",
  onTrack: "good",
  watch: "near",
  late: "late",
  far: "bad",
  nothing: "late",
};

const first = "text-20 rail:text-28 side:text-40 leading-[1.2] font-semibold tracking-tight";
const second = "text-16 side:text-20 leading-normal";

/** The sentence that answers. */
export function Headline() {
  const words = useWords();
  const { m } = words;
  const { data: status } = useStatus();
  const query = useProgress("week");
  const judgement = query.data ? judgeWeek(query.data) : null;
  const state = cardState(query, status);

  const silent = silentWords();

  return (
    <div className="min-h-18 side:min-h-20" data-slot="headline">
      {state === "ready" && judgement ? (
        <h1>
          <span className={cn("block text-balance", first)}>
            {m.headline.judgement(judgement)}{" "}
            <span
              aria-hidden="true"
              className={cn(
                "ml-1 inline-block align-[0.1em] text-[0.6em]",
                standingColor(standing[judgement.verdict]),
              )}
            >
              {standingShape(standing[judgement.verdict])}
            </span>
          </span>{" "}
          <span className={cn("block text-muted", second)}>{m.headline.figures(judgement)}</span>
        </h1>
      ) : state === "loading" ? (
        <div role="status">
          <h1 className={first}>{m.headline.what}</h1>
          <p className={cn("text-muted", second)}>{m.headline.loading}</p>
        </div>
      ) : (
        <>
          <h1 className={first}>{silent.title}</h1>
          <p className={cn("text-muted", second)}>{silent.text}</p>
        </>
      )}
    </div>
  );

  /** What is said where there is no week to judge. */
  function silentWords(): { title: string; text: string } {
    if (state === "error") return { title: m.headline.failed, text: m.card.safe };
    const title = status?.running ? m.card.emptyRunningTitle : m.headline.empty;
    return { title, text: emptyHint(status, words) };
  }
}

"use client";

import type { ReactNode } from "react";
import { emptyHint } from "@/components/empty-hint";
import { Button } from "@/components/ui/button";
import { useWords } from "@/i18n/context";
import { useStatus } from "@/lib/api/queries";
import type { CardState } from "@/lib/api/card-state";
import { cn } from "@/lib/cn";

/** One of the four faces of a card. All of them keep the height of the ready one. */
export function CardBody(props: {
  state: CardState;
  /** What could not be read, as the start of a sentence. */
  what: string;
  /** What will appear here. */
  empty: string;
  skeleton: ReactNode;
  onRetry: () => void;
  className?: string;
  children: () => ReactNode;
}) {
  const { m } = useWords();
  if (props.state === "ready") return props.children();
  if (props.state === "loading") {
    return (
      <div data-state="loading" role="status" className={props.className}>
        <span className="sr-only">{m.card.loading}</span>
        {props.skeleton}
      </div>
    );
  }
  return (
    <div
      data-state={props.state}
      role={props.state === "error" ? "alert" : undefined}
      className={cn("relative", props.className)}
    >
      <div aria-hidden="true" className="invisible">
        {props.skeleton}
      </div>
      <div className="absolute inset-0 flex flex-col items-center justify-center gap-1 px-6 text-center">
        {props.state === "error" ? (
          <>
            <p className="font-medium">{m.card.failed(props.what)}</p>
            <p className="text-muted">{m.card.safe}</p>
            <Button size="sm" className="mt-2" onClick={props.onRetry}>
              {m.card.retry}
            </Button>
          </>
        ) : (
          <Empty text={props.empty} />
        )}
      </div>
    </div>
  );
}

function Empty({ text }: { text: string }) {
  const words = useWords();
  const { data: status } = useStatus();
  return (
    <>
      <p className="font-medium">{text}</p>
      <p className="max-w-prose text-muted">{emptyHint(status, words)}</p>
    </>
  );
}

"use client";

import { Term } from "@/components/ui/term";
import { useWords } from "@/i18n/context";
import { cn } from "@/lib/cn";
import { eventColor, type EventId } from "@/lib/events";

/** The colour of an event, and the hatching of the one that is no stage. */
export function Swatch({ event, className }: { event: EventId; className?: string }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true" className={cn("size-2.5 shrink-0", className)}>
      {event === "date_relance" ? (
        <path d="M0 0h10v2.2h-10zM0 3.9h10v2.2h-10zM0 7.8h10v2.2h-10z" fill={eventColor[event]} />
      ) : (
        <rect width="10" height="10" rx="2" fill={eventColor[event]} />
      )}
    </svg>
  );
}

/** An event as a label: its colour, its name, its definition. */
export function EventName({ event }: { event: EventId }) {
  const { m } = useWords();
  return (
    <span className="inline-flex items-center gap-2">
      <Swatch event={event} />
      <Term definition={m.event[event].definition}>{m.event[event].title}</Term>
    </span>
  );
}

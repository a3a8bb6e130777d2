"use client";

import { Swatch } from "@/components/event-name";
import { useWords } from "@/i18n/context";
import { cn } from "@/lib/cn";
import { events, type EventId } from "@/lib/events";

/** The legend, in chart order. Pressing an event shows it alone, on its own scale. */
export function Legend(props: {
  only: EventId | null;
  onOnly: (event: EventId | null) => void;
  className?: string;
}) {
  const { m } = useWords();
  return (
    <ul className={cn("-mx-1.5 flex flex-wrap items-center gap-x-1 text-13", props.className)}>
      {events.map((event) => {
        const pressed = props.only === event;
        return (
          <li key={event}>
            <button
              type="button"
              aria-pressed={pressed}
              title={pressed ? m.activity.everything : m.activity.only(m.event[event].title)}
              onClick={() => props.onOnly(pressed ? null : event)}
              className={cn(
                "inline-flex min-h-7 cursor-pointer items-center gap-1.5 rounded-control px-1.5 transition-colors duration-150 ease-out hover:bg-hover touch:min-h-11",
                pressed && "bg-hover font-medium",
                props.only && !pressed && "text-muted",
              )}
            >
              <Swatch event={event} className={cn(props.only && !pressed && "opacity-40")} />
              {m.event[event].title}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

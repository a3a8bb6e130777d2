"use client";

import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { cn } from "@/lib/cn";

const gap = 6;
const edge = 8;

/** A word with its definition one hover, focus or tap away. */
export function Term({
  definition,
  className,
  children,
}: {
  definition: string;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (!open) return;
    const close = () => setOpen(false); // it stays where it is while the word scrolls away
    window.addEventListener("scroll", close, { capture: true, passive: true, once: true });
    return () => window.removeEventListener("scroll", close, { capture: true });
  }, [open]);

  const place = (tip: HTMLSpanElement | null) => {
    if (!tip || !anchor.current) return;
    const word = anchor.current.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const below = word.bottom + gap;
    const fits = below + height + edge <= window.innerHeight;
    const left = Math.min(word.left, window.innerWidth - width - edge);
    tip.style.left = `${Math.max(edge, left)}px`;
    tip.style.top = `${fits ? below : Math.max(edge, word.top - gap - height)}px`;
  };

  return (
    <>
      <button
        ref={anchor}
        type="button"
        data-slot="term"
        aria-describedby={open ? id : undefined}
        onMouseEnter={() => setOpen(true)}
        onMouseLeave={() => setOpen(false)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onClick={() => setOpen(true)}
        onKeyDown={(e) => e.key === "Escape" && setOpen(false)}
        className={cn("term cursor-help rounded-[3px] text-left text-inherit", className)}
      >
        {children}
      </button>
      {open && (
        <span
          id={id}
          ref={place}
          role="tooltip"
          className="fixed z-50 w-max max-w-64 rounded-control bg-ink px-3 py-2 text-left text-13 leading-normal font-normal whitespace-normal text-surface shadow-float print:hidden"
        >
          {definition}
        </span>
      )}
    </>
  );
}

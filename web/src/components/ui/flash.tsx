"use client";

import { useState, type ReactNode } from "react";
import { cn } from "@/lib/cn";

/** Flashes its ground once when the value changes in place, never at first sight. */
export function Flash(props: { value: unknown; className?: string; children: ReactNode }) {
  const [seen, setSeen] = useState({ value: props.value, changes: 0 });
  if (seen.value !== props.value) {
    setSeen({ value: props.value, changes: seen.changes + 1 });
  }
  return (
    <span
      key={seen.changes}
      data-slot="flash"
      data-changes={seen.changes}
      className={cn("-mx-1 rounded-[4px] px-1", seen.changes > 0 && "flash", props.className)}
    >
      {props.children}
    </span>
  );
}

"use client";

import { useId, type ReactNode } from "react";
import { cn } from "@/lib/cn";

interface Option<T extends string> {
  value: T;
  label: ReactNode;
  /** What a screen reader says, where the label is short or a drawing. */
  name?: string;
}

/** One of a few, as radio buttons in a row: arrow keys move, the browser does the rest. */
export function Segmented<T extends string>(props: {
  label: string;
  options: Option<T>[];
  value: T;
  onChange: (value: T) => void;
  className?: string;
}) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={props.label}
      data-slot="segmented"
      className={cn(
        "inline-flex rounded-control border border-line bg-ground p-0.5",
        props.className,
      )}
    >
      {props.options.map((option) => (
        <label
          key={option.value}
          title={option.name}
          className="relative inline-flex min-h-7 min-w-8 flex-1 cursor-pointer items-center justify-center rounded-[4px] px-2 text-13 text-muted transition-colors duration-150 ease-out hover:text-ink has-checked:bg-surface has-checked:font-medium has-checked:text-ink has-checked:ring-1 has-checked:ring-line has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-focus touch:min-h-10 touch:min-w-10 [&_svg]:size-4"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === props.value}
            onChange={() => props.onChange(option.value)}
            aria-label={option.name}
            className="absolute inset-0 cursor-pointer appearance-none rounded-[4px] outline-none"
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}

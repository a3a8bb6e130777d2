import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** A table in a frame that scrolls sideways, by keyboard too, when it has no room. */
export function Table({ className, label, ...props }: ComponentProps<"table"> & { label: string }) {
  return (
    <div
      data-slot="table-frame"
      className="relative overflow-x-auto print:overflow-visible"
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table data-slot="table" className={cn("w-full text-14", className)} {...props} />
    </div>
  );
}

export function Row({ className, ...props }: ComponentProps<"tr">) {
  return (
    <tr
      data-slot="row"
      className={cn("h-9 border-t border-line touch:h-11", className)}
      {...props}
    />
  );
}

const edges = "first:pl-4 last:pr-4 sm:first:pl-6 sm:last:pr-6";

/** A column's title: over figures on the right, over words on the left. */
export function Head({ className, figure, ...props }: ComponentProps<"th"> & { figure?: boolean }) {
  return (
    <th
      data-slot="head"
      scope="col"
      className={cn(
        "h-9 px-1.5 align-middle text-12 font-medium whitespace-nowrap text-muted",
        figure ? "text-right" : "text-left",
        edges,
        className,
      )}
      {...props}
    />
  );
}

export function RowHead({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      data-slot="row-head"
      scope="row"
      className={cn("px-1.5 text-left font-normal whitespace-nowrap", edges, className)}
      {...props}
    />
  );
}

export function Figure({ className, ...props }: ComponentProps<"td">) {
  return (
    <td
      data-slot="figure"
      className={cn("px-1.5 text-right whitespace-nowrap", edges, className)}
      {...props}
    />
  );
}

/** Words at the end of a row. */
export function Words({ className, ...props }: ComponentProps<"td">) {
  return (
    <td data-slot="words" className={cn("px-1.5 whitespace-nowrap", edges, className)} {...props} />
  );
}

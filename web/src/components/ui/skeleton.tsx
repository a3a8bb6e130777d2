import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** A grey stand-in with the size of what will come. Silent for screen readers. */
export function Skeleton({ className, ...props }: ComponentProps<"span">) {
  return (
    <span
      data-slot="skeleton"
      aria-hidden="true"
      className={cn("skeleton block rounded-control", className)}
      {...props}
    />
  );
}

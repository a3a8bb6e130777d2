import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";

const heights = [
  "h-24",
  "h-36",
  "h-28",
  "h-44",
  "h-40",
  "h-52",
  "h-32",
  "h-48",
  "h-56",
  "h-44",
  "h-52",
  "h-28",
];

/** Twelve weeks that are not there yet, as high as the chart. */
export function ChartSkeleton() {
  return (
    <div className="mx-2 flex h-80 items-end justify-around gap-3 px-9 pt-3 pb-10 sm:mx-4">
      {heights.map((height, i) => (
        <Skeleton key={i} className={cn("flex-1", height)} />
      ))}
    </div>
  );
}

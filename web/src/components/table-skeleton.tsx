import { Skeleton } from "@/components/ui/skeleton";

/** A table's title line and rows, each as high as the real one. */
export function TableSkeleton({ rows }: { rows: number }) {
  return (
    <div className="px-4 sm:px-6">
      <div className="h-9" />
      {Array.from({ length: rows }, (_, i) => (
        <div
          key={i}
          className="flex h-9 items-center justify-between gap-6 border-t border-line touch:h-11"
        >
          <Skeleton className="h-3 w-28" />
          <Skeleton className="h-3 w-10" />
          <Skeleton className="h-3 w-10" />
          <Skeleton className="h-3 w-16" />
        </div>
      ))}
    </div>
  );
}

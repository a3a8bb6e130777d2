import type { Standing } from "@/lib/api/types";
import { cn } from "@/lib/cn";

const shape: Record<Standing, string> = { good: "●", near: "▲", late: "◆", bad: "■" };
const color: Record<Standing, string> = {
  good: "text-good",
  near: "text-near",
  late: "text-late",
  bad: "text-bad",
};

/** How a number stands: a word and a shape; the colour only helps. */
export function StandingMark({ standing, word }: { standing: Standing; word: string }) {
  return (
    <span
      data-slot="standing"
      data-standing={standing}
      className={cn("inline-flex items-baseline gap-1.5 font-medium", color[standing])}
    >
      <span aria-hidden="true" className="text-12">
        {shape[standing]}
      </span>{" "}
      {word}
    </span>
  );
}

export function standingColor(standing: Standing): string {
  return color[standing];
}

export function standingShape(standing: Standing): string {
  return shape[standing];
}

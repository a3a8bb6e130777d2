"use client";

import { useCallback, useEffect, useState, type ComponentType, type RefObject } from "react";
import { whenIdle } from "@/lib/when-idle";
import type { ChartProps } from "./light-chart";

const inView = 0.75; // of the frame: on a phone the first screen shows less of it

/**
 * Fetches the rich chart once the frame is in view and the browser has nothing
 * else to do, or at once on demand. If it cannot be had, the light one stays.
 */
export function useRichChart(frame: RefObject<HTMLElement | null>) {
  const [chart, setChart] = useState<{ Rich: ComponentType<ChartProps> } | null>(null);
  const load = useCallback(() => {
    import("./rich-chart").then(
      ({ RichChart }) => setChart({ Rich: RichChart }),
      () => undefined,
    );
  }, []);

  useEffect(() => {
    if (!frame.current) return;
    let cancel = () => undefined as void;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        cancel = whenIdle(load);
      },
      { threshold: inView },
    );
    observer.observe(frame.current);
    return () => {
      observer.disconnect();
      cancel();
    };
  }, [frame, load]);

  return { Rich: chart?.Rich ?? null, load };
}

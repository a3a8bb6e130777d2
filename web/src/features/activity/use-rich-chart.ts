"use client";

import { useCallback, useEffect, useState, type ComponentType } from "react";
import type { ChartProps } from "./light-chart";

/**
 * Fetches the rich chart when the browser has nothing else to do, or at once
 * on demand. If it cannot be had, the light one stays.
 */
export function useRichChart(ready: boolean) {
  const [chart, setChart] = useState<{ Rich: ComponentType<ChartProps> } | null>(null);
  const load = useCallback(() => {
    import("./rich-chart").then(
      ({ RichChart }) => setChart({ Rich: RichChart }),
      () => undefined,
    );
  }, []);

  useEffect(() => {
    if (!ready) return;
    if (typeof window.requestIdleCallback !== "function") {
      const timer = setTimeout(load, 2_000);
      return () => clearTimeout(timer);
    }
    const idle = window.requestIdleCallback(load, { timeout: 10_000 });
    return () => window.cancelIdleCallback(idle);
  }, [ready, load]);

  return { Rich: chart?.Rich ?? null, load };
}

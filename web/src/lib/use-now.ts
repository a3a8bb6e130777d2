"use client";

import { useEffect, useState } from "react";

/** The time of this machine, once every interval: for ages that grow on the page. */
export function useNow(interval = 5_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}

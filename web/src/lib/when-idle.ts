/** Calls back once the browser has nothing else to do; returns how to call it off. */
export function whenIdle(callback: () => void): () => void {
  if (typeof window.requestIdleCallback !== "function") {
    const timer = setTimeout(callback, 2_000);
    return () => clearTimeout(timer);
  }
  const idle = window.requestIdleCallback(callback, { timeout: 10_000 });
  return () => window.cancelIdleCallback(idle);
}

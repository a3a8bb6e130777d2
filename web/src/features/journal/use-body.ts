"use client";

import { useCallback, useEffect, useState, type ComponentType } from "react";

/** Fetches what the open journal is made of, once it is open. */
export function useBody(open: boolean) {
  const [body, setBody] = useState<{ Body: ComponentType } | null>(null);
  const [failed, setFailed] = useState(false);
  const load = useCallback(() => {
    import("./journal-body").then(
      ({ JournalBody }) => {
        setFailed(false);
        setBody({ Body: JournalBody });
      },
      () => setFailed(true),
    );
  }, []);
  useEffect(() => {
    if (open && !body) load();
  }, [open, body, load]);
  return { Body: body?.Body ?? null, failed, load };
}

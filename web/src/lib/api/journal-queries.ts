"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { decodeRuns, decodeSchema } from "./journal";
import { paths } from "./paths";
import { useStatus } from "./queries";
import { read } from "./read";
import type { WireRuns, WireSchema } from "./types";

/** What an ended run changes in the status: the journal is asked for again with it. */
function useLastRun() {
  const { data } = useStatus();
  return [data?.lastSuccess, data?.lastError?.at, data?.held?.at];
}

const untilNextRun = { placeholderData: keepPreviousData, gcTime: 60_000 };

/** The last runs, the newest first. */
export function useRuns() {
  return useQuery({
    queryKey: ["runs", ...useLastRun()],
    queryFn: async ({ signal }) => decodeRuns((await read<WireRuns>(paths.runs, signal)).data),
    ...untilNextRun,
  });
}

export function useSchema() {
  return useQuery({
    queryKey: ["schema", ...useLastRun()],
    queryFn: async ({ signal }) =>
      decodeSchema((await read<WireSchema>(paths.schema, signal)).data),
    ...untilNextRun,
  });
}

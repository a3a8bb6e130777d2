"use client";

import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { whenIdle } from "../when-idle";
import { decodeConversion, decodeProgress, decodeStatus, decodeWeeks } from "./decode";
import { followStatus } from "./follow-status";
import { paths, progressPath } from "./paths";
import { read, send } from "./read";
import type {
  Progress,
  Status,
  Versioned,
  WireConversion,
  WireProgress,
  WireStatus,
  WireWeeks,
} from "./types";

const statusKey = ["status"];
const tableKey = ["table"]; // what depends on the table's version

const pollIdle = 5_000;
const pollRunning = 2_000;

/** Where the sync stands. What keeps it so is useLiveStatus. */
export function useStatus() {
  return useQuery({
    queryKey: statusKey,
    queryFn: async ({ signal }) =>
      decodeStatus((await read<WireStatus>(paths.status, signal)).data),
    retry: false, // the next poll is the retry
  });
}

/**
 * Keeps the status at what the server says, while somebody can see it: a
 * browser has few connections for one host. Belongs on the page once.
 */
export function useLiveStatus() {
  const queries = useQueryClient();
  useEffect(() => {
    let leave = () => {};
    const look = () => {
      leave();
      leave = document.hidden ? () => {} : followStatus(feedOf(queries));
    };
    const callOff = whenIdle(look); // the first answer is on its way already
    document.addEventListener("visibilitychange", look);
    return () => {
      callOff();
      document.removeEventListener("visibilitychange", look);
      leave();
    };
  }, [queries]);
}

function feedOf(queries: QueryClient) {
  return {
    open: () => new EventSource(paths.stream),
    take: (data: string) =>
      queries.setQueryData(statusKey, decodeStatus(JSON.parse(data) as WireStatus)),
    poll: async () => {
      await queries.refetchQueries({ queryKey: statusKey }, { cancelRefetch: false });
      return queries.getQueryState(statusKey)?.status === "success";
    },
    pace: () => (queries.getQueryData<Status>(statusKey)?.running ? pollRunning : pollIdle),
  };
}

export function useWeeks() {
  return useQuery({
    queryKey: [...tableKey, "weeks"],
    queryFn: async ({ signal }) => {
      const { data, etag } = await read<WireWeeks>(paths.weeks, signal);
      return decodeWeeks(data, etag);
    },
  });
}

export function useProgress(grain: Progress["grain"]) {
  return useQuery({
    queryKey: [...tableKey, "progress", grain],
    queryFn: async ({ signal }) =>
      decodeProgress((await read<WireProgress>(progressPath(grain), signal)).data),
  });
}

export function useConversion() {
  return useQuery({
    queryKey: [...tableKey, "conversion"],
    queryFn: async ({ signal }) =>
      decodeConversion((await read<WireConversion>(paths.conversion, signal)).data),
  });
}

/** Starts a sync, or joins the one that runs. */
export function useSync() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => decodeStatus(await send<WireStatus>(paths.sync)),
    onSuccess: (status) => queries.setQueryData(statusKey, status),
  });
}

/**
 * Keeps every number at the version that the status names: what is older is
 * asked for again, and so is everything when the day changes or the server
 * comes back. Belongs on the page once.
 */
export function useFreshness() {
  const queries = useQueryClient();
  const { data: status, isError, dataUpdatedAt } = useStatus();
  const before = useRef<Seen | null>(null);

  useEffect(() => {
    if (!status) {
      if (isError) before.current = { today: "", version: null, lost: true };
      return;
    }
    const last = before.current;
    before.current = { today: status.today, version: status.version, lost: isError };
    if (isError) return;
    if (last && (last.lost || last.today !== status.today)) {
      void queries.invalidateQueries({ queryKey: tableKey });
    } else {
      refetchOlder(queries, status.version, last?.version ?? status.version);
    }
  }, [queries, status, isError, dataUpdatedAt]);
}

/** What the last status said. */
interface Seen {
  today: string;
  version: number | null;
  lost: boolean;
}

/** Data that does not tell its version is taken to have the one that was seen last. */
function refetchOlder(queries: QueryClient, version: number | null, seen: number | null) {
  void queries.invalidateQueries({
    queryKey: tableKey,
    predicate: ({ state }) => {
      const data = state.data as Versioned | undefined;
      return (
        data !== undefined && state.fetchStatus === "idle" && (data.version ?? seen) !== version
      );
    },
  });
}

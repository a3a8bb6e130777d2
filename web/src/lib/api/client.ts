import axios from "axios";
import { decodeConversion, decodeProgress, decodeStatus, decodeWeeks } from "./decode";
import { paths } from "./paths";
import type {
  Conversion,
  Progress,
  Status,
  WeekSeries,
  WireConversion,
  WireProgress,
  WireStatus,
  WireWeeks,
} from "./types";

const http = axios.create({ timeout: 15_000 });

export async function getStatus(signal?: AbortSignal): Promise<Status> {
  return decodeStatus((await http.get<WireStatus>(paths.status, { signal })).data);
}

export async function getWeeks(signal?: AbortSignal): Promise<WeekSeries> {
  const { data, headers } = await http.get<WireWeeks>(paths.weeks, { signal });
  return decodeWeeks(data, headers["etag"]);
}

export async function getProgress(
  grain: Progress["grain"],
  signal?: AbortSignal,
): Promise<Progress> {
  const { data } = await http.get<WireProgress>(paths.progress, { params: { grain }, signal });
  return decodeProgress(data);
}

export async function getConversion(signal?: AbortSignal): Promise<Conversion> {
  return decodeConversion((await http.get<WireConversion>(paths.conversion, { signal })).data);
}

/** Starts a sync, or joins the one that runs. */
export async function startSync(): Promise<Status> {
  return decodeStatus((await http.post<WireStatus>(paths.sync)).data);
}

import { whenIdle } from "../when-idle";
import type { Answer } from "./client";
import { preloads } from "./paths";

// The HTTP client comes apart from the page, when the browser is idle: what the
// HTML has asked for already is taken from there, once. Only what is asked for
// again, or could not be had, waits for the client.
const client = () => import("./client");
const preloaded = new Set(preloads);

export async function read<Body>(address: string, signal?: AbortSignal): Promise<Answer<Body>> {
  const early = preloaded.delete(address) ? await take<Body>(address) : null;
  if (!early) return (await client()).get<Body>(address, signal);
  whenIdle(() => client().catch(() => undefined)); // who needs it then meets the error again
  return early;
}

export async function send<Body>(address: string): Promise<Body> {
  return (await client()).post<Body>(address);
}

/** The answer to a preload, or null where the client has to ask again. */
async function take<Body>(address: string): Promise<Answer<Body> | null> {
  try {
    const response = await fetch(address);
    if (!response.ok) return null;
    return { data: (await response.json()) as Body, etag: response.headers.get("etag") };
  } catch {
    return null;
  }
}

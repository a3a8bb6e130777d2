import axios from "axios";

const http = axios.create({ timeout: 15_000 });

/** An answer as it came. */
export interface Answer<Body> {
  data: Body;
  etag: string | null;
}

export async function get<Body>(address: string, signal?: AbortSignal): Promise<Answer<Body>> {
  const { data, headers } = await http.get<Body>(address, { signal });
  return { data, etag: (headers["etag"] as string | undefined) ?? null };
}

export async function post<Body>(address: string): Promise<Body> {
  return (await http.post<Body>(address)).data;
}

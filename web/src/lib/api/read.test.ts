import { afterEach, describe, expect, it, vi } from "vitest";
import { paths, progressPath } from "./paths";
import { read } from "./read";

const get = vi.hoisted(() => vi.fn());
vi.mock("./client", () => ({ get }));

afterEach(() => vi.unstubAllGlobals());

const late = { data: "from the client", etag: null };

describe("read", () => {
  it("takes what the HTML asked for, once, and then asks by the client", async () => {
    const early = vi.fn(async () => new Response('["early"]', { headers: { ETag: '"42-a"' } }));
    vi.stubGlobal("fetch", early);
    get.mockResolvedValue(late);
    expect(await read(paths.weeks)).toEqual({ data: ["early"], etag: '"42-a"' });
    expect(get).not.toHaveBeenCalled();
    expect(await read(paths.weeks)).toEqual(late);
    expect(early).toHaveBeenCalledTimes(1);
  });

  it("asks by the client where the early answer is an error or none", async () => {
    get.mockResolvedValue(late);
    vi.stubGlobal("fetch", async () => new Response("{}", { status: 500 }));
    expect(await read(paths.conversion)).toEqual(late);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no server")));
    expect(await read(progressPath("month"))).toEqual(late);
  });
});

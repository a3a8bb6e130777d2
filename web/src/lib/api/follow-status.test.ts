import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followStatus } from "./follow-status";

/** A stream that a test speaks for. */
class Fake extends EventTarget {
  readyState = 0;
  close() {
    this.readyState = 2;
  }
  say(data: string) {
    this.readyState = 1;
    this.dispatchEvent(new MessageEvent("status", { data }));
  }
  fail(readyState = 0) {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }
}

function follow() {
  const streams: Fake[] = [];
  const heard: string[] = [];
  const open = () => streams.filter((s) => s.readyState !== 2);
  const world = { answers: true, polls: 0 };
  const stop = followStatus({
    open: () => {
      expect(open()).toEqual([]); // never two at once
      streams.push(new Fake());
      return streams.at(-1)!;
    },
    take: (data) => {
      if (data === "nonsense") throw new Error("unreadable");
      heard.push(data);
    },
    poll: () => {
      expect(open()).toEqual([]); // nor one beside the polls
      world.polls++;
      return Promise.resolve(world.answers);
    },
    pace: () => 5_000,
  });
  return { stop, streams, heard, world, open };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("followStatus", () => {
  it("hears the stream, over its ends, and asks nothing", async () => {
    const { streams, heard, world } = follow();
    for (const said of ["a", "b", "c"]) {
      streams[0]!.say(said);
      await pass(55_000);
      streams[0]!.fail(); // the end of a stream: the browser connects again
      await pass(1_000);
    }
    expect(heard).toEqual(["a", "b", "c"]);
    expect(world.polls).toBe(0);
    expect(streams).toHaveLength(1);
  });

  it.each([
    ["is refused", (s: Fake) => s.fail(2)],
    ["cannot be reached", (s: Fake) => s.fail()],
    ["says nothing, as behind a proxy", () => pass(5_000)],
    ["cannot be read", (s: Fake) => s.say("nonsense")],
  ])("polls where the stream %s", async (_, happen) => {
    const { streams, world, open } = follow();
    await happen(streams[0]!);
    await pass(0);
    expect(world.polls).toBe(1);
    expect(open()).toEqual([]);
    await pass(10_000);
    expect(world.polls).toBe(3);
  });

  it("polls when a stream has ended and the next one does not come", async () => {
    const { streams, world } = follow();
    streams[0]!.say("a");
    streams[0]!.fail();
    expect(world.polls).toBe(0);
    streams[0]!.fail();
    expect(world.polls).toBe(1);
  });

  it("polls when a stream has died unnoticed", async () => {
    const { streams, world } = follow();
    streams[0]!.say("a");
    await pass(74_000);
    expect(world.polls).toBe(0);
    await pass(2_000);
    expect(world.polls).toBe(1);
  });

  it("tries the stream again, ever more seldom, and not while nothing answers", async () => {
    const { streams, world } = follow();
    streams[0]!.fail(2);
    await pass(31_000);
    expect(streams).toHaveLength(2);
    streams[1]!.fail(2);
    await pass(50_000);
    expect(streams).toHaveLength(2);
    await pass(11_000);
    expect(streams).toHaveLength(3);
    streams[2]!.say("a"); // it works: patience is restored
    streams[2]!.fail(2);
    world.answers = false;
    await pass(300_000);
    expect(streams).toHaveLength(3);
    world.answers = true;
    await pass(5_000);
    expect(streams).toHaveLength(4);
  });

  it("leaves nothing behind", async () => {
    const listening = follow();
    listening.stop();
    expect(listening.open()).toEqual([]);
    const polling = follow();
    polling.streams[0]!.fail(2);
    polling.stop();
    await pass(600_000);
    expect(polling.world.polls).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

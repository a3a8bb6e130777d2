/** Where the status comes from: a stream of the server's, or else asking again and again. */
export interface Feed {
  open: () => Stream;
  /** Is given what the stream says; throws at what it cannot read. */
  take: (data: string) => void;
  /** Asks once; tells whether there was an answer. */
  poll: () => Promise<boolean>;
  /** Milliseconds from one poll to the next. */
  pace: () => number;
}

/** What is needed of an EventSource. */
export interface Stream {
  readonly readyState: number;
  addEventListener: (type: string, listener: (event: Event) => void) => void;
  close: () => void;
}

const closed = 2; // EventSource.CLOSED

/** A stream says something at once; a proxy that holds it back is not worth the wait. */
const grace = 5_000;
/** It ends after 55 s and the next one begins: one that is silent for longer has died unnoticed. */
const silence = 75_000;
/** Until a stream is tried again, doubled each time in vain. */
const firstPause = 30_000;
const longestPause = 600_000;

/**
 * Hears the status from a stream, and polls where there is none: never both
 * at once. While polls are answered, the stream is tried again now and then.
 * Returns how to end it.
 */
export function followStatus(feed: Feed): () => void {
  let pause = firstPause;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stream: Stream | null = null;
  let ended = false;
  listen();
  return () => {
    ended = true;
    rest();
  };

  function rest() {
    clearTimeout(timer);
    stream?.close();
    stream = null;
  }

  function wait(then: () => void, ms: number) {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  }

  function listen() {
    const opened = feed.open();
    let heard = false; // on this connection
    stream = opened;
    wait(giveUp, grace);
    opened.addEventListener("status", (event) => {
      if (stream !== opened) return;
      try {
        feed.take((event as MessageEvent<string>).data);
      } catch {
        return giveUp();
      }
      heard = true;
      pause = firstPause;
      wait(giveUp, silence);
    });
    opened.addEventListener("error", () => {
      if (stream !== opened) return;
      // One that has spoken may end: the browser opens the next by itself.
      if (!heard || opened.readyState === closed) return giveUp();
      heard = false;
      wait(giveUp, grace);
    });
  }

  function giveUp() {
    rest();
    const again = Date.now() + pause;
    pause = Math.min(2 * pause, longestPause);
    void poll(again);
  }

  async function poll(listenAfter: number) {
    const answered = await feed.poll();
    if (ended) return;
    if (answered && Date.now() >= listenAfter) return listen();
    wait(() => void poll(listenAfter), feed.pace());
  }
}

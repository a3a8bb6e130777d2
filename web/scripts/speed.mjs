// How fast the page is on a throttled phone, as Lighthouse throttles one: the
// processor four times slower, 1.6 Mbit/s with 150 ms to the server and back.
// Run it by hand against a server that runs:
//   node scripts/speed.mjs http://127.0.0.1:8000/fr/ [--runs 3] [--desktop] [--requests]
import { chromium } from "@playwright/test";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "3" },
    desktop: { type: "boolean", default: false },
    requests: { type: "boolean", default: false },
  },
});
const url = positionals[0] ?? "http://127.0.0.1:8000/fr/";
const screen = options.desktop
  ? { viewport: { width: 1350, height: 940 } }
  : { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
const runs = [];
for (let i = 0; i < Number(options.runs); i++) runs.push(await measure());
await browser.close();

const median = (name) => {
  const sorted = runs.map((run) => run[name]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};
console.table(runs);
console.table([Object.fromEntries(Object.keys(runs[0]).map((name) => [name, median(name)]))]);

/** One visit with an empty cache. Times are in ms since the start of the navigation. */
async function measure() {
  const context = await browser.newContext({ ...screen, locale: "fr-FR" });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  if (!options.desktop) {
    await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await client.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 150,
      downloadThroughput: (1.6 * 1024 * 1024) / 8,
      uploadThroughput: (750 * 1024) / 8,
    });
  }
  const traffic = watchTraffic(client);
  await page.addInitScript(observe);
  await page.goto(url, { waitUntil: "load" });
  await page.locator("li[data-event]").first().waitFor();
  const figures = await page.evaluate(() => performance.now());
  await page.waitForTimeout(options.desktop ? 2_000 : 6_000);
  const seen = await page.evaluate(() => globalThis.speed);
  if (options.requests) console.table(traffic.list());
  await context.close();

  const quiet = seen.long.filter((task) => task.start > seen.fcp);
  const blocking = quiet.reduce((sum, task) => sum + task.duration - 50, 0);
  return {
    FCP: Math.round(seen.fcp),
    LCP: Math.round(seen.lcp),
    "LCP element": seen.element,
    figures: Math.round(figures),
    TTI: Math.round(timeToInteractive(seen)),
    TBT: Math.round(blocking),
    CLS: Number(seen.cls.toFixed(4)),
    "JS kB": Math.round(traffic.scripts() / 1000),
  };
}

/** When the page has painted, runs its scripts, and the first long quiet begins. */
function timeToInteractive({ fcp, usable, long }) {
  let quiet = Math.max(fcp, usable);
  for (const { start, duration } of long) {
    if (start + duration <= quiet) continue;
    if (start - quiet >= 1_000) break;
    quiet = start + duration;
  }
  return quiet;
}

/** Runs in the page before anything of it. */
function observe() {
  const seen = { fcp: 0, lcp: 0, element: "", cls: 0, usable: 0, long: [] };
  globalThis.speed = seen;
  const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
    });
  watch("paint", (e) => {
    if (e.name === "first-contentful-paint") seen.fcp = e.startTime;
  });
  watch("largest-contentful-paint", (e) => {
    seen.lcp = e.startTime;
    seen.element = `${e.element?.tagName} ${e.element?.innerText.slice(0, 30)}`;
  });
  watch("layout-shift", (e) => {
    if (!e.hadRecentInput) seen.cls += e.value;
  });
  watch("longtask", (e) => seen.long.push({ start: e.startTime, duration: e.duration }));
  // React marks what it has made alive.
  const timer = setInterval(() => {
    const button = document.querySelector("aside button");
    if (!button || !Object.keys(button).some((key) => key.startsWith("__reactProps"))) return;
    seen.usable = performance.now();
    clearInterval(timer);
  }, 20);
}

function watchTraffic(client) {
  const requests = new Map();
  const at = (id) => requests.get(id);
  client.on("Network.requestWillBeSent", (e) => {
    const from = requests.size === 0 ? e.timestamp : [...requests.values()][0].sent;
    requests.set(e.requestId, { url: e.request.url, type: e.type, sent: e.timestamp, from });
  });
  client.on("Network.loadingFinished", (e) => {
    if (at(e.requestId))
      Object.assign(at(e.requestId), { end: e.timestamp, bytes: e.encodedDataLength });
  });
  const all = () => [...requests.values()].filter((request) => request.end);
  return {
    scripts: () => all().reduce((sum, { type, bytes }) => sum + (type === "Script" ? bytes : 0), 0),
    list: () =>
      all().map(({ url, type, sent, end, from, bytes }) => ({
        url: url.replace(/^https?:\/\/[^/]+/, "").slice(-48),
        type,
        start: Math.round((sent - from) * 1000),
        end: Math.round((end - from) * 1000),
        bytes,
      })),
  };
}

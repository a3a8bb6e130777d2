// Fails when a page of the export needs more JavaScript than its budget before
// it is interactive: every script that the HTML names, gzipped. What is
// imported later (the rich chart) is not among them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const budget = 180; // kB
const out = join(import.meta.dirname, "..", "out");
let over = false;

for (const page of ["fr/index.html", "en/index.html"]) {
  if (!existsSync(join(out, page))) {
    console.error(`There is no ${page} in web/out. Run \`pnpm run build\` first.`);
    process.exit(1);
  }
  const html = readFileSync(join(out, page), "utf8");
  const scripts = new Set();
  for (const [tag] of html.matchAll(/<script[^>]*>/g)) {
    const src = /\ssrc="([^"]+)"/.exec(tag)?.[1];
    if (src && !/\snomodule/i.test(tag)) scripts.add(src);
  }
  const bytes = [...scripts].reduce(
    (sum, src) => sum + gzipSync(readFileSync(join(out, src)), { level: 9 }).length,
    0,
  );
  const size = bytes / 1000;
  const verdict = size <= budget ? "within" : "OVER";
  console.log(
    `${page}: ${size.toFixed(1)} kB gz in ${scripts.size} scripts, ${verdict} ${budget} kB`,
  );
  over ||= size > budget || scripts.size === 0;
}
process.exit(over ? 1 : 0);

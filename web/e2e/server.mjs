// Serves web/out as the Go binary does, with the same policy, for page tests.
// The API is not here: the tests answer for it.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const out = join(import.meta.dirname, "..", "out");
const port = Number(process.argv[2] ?? 4173);
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

function policy(html) {
  const inline = [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)]
    .filter(([, attributes]) => !/\ssrc=/.test(attributes))
    .map(([, , text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  return [
    "default-src 'none'",
    `script-src 'self' ${inline.join(" ")}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
  const name = path.endsWith("/") ? join(path, "index.html") : path;
  const send = (status, file, body) => {
    const headers = { "content-type": types[extname(file)] ?? "application/octet-stream" };
    if (file.endsWith(".html")) headers["content-security-policy"] = policy(body.toString());
    response.writeHead(status, headers).end(body);
  };
  try {
    send(200, name, await readFile(join(out, name)));
  } catch {
    const page = await readFile(join(out, "404.html")).catch(() => "web/out is not built");
    send(404, "404.html", page);
  }
}).listen(port, "127.0.0.1", () => console.log(`web/out at http://127.0.0.1:${port}/fr/`));

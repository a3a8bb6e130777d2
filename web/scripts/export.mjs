// Copies the static export (out/) to where the Go binary embeds it. The old
// copy goes first, so that no file of an earlier build survives.
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

// Source maps, and the folders that would give the 404 page an address.
const unwanted = /\.map$|^(404|_not-found)($|\/)/;
const from = join(import.meta.dirname, "..", "out");
const to = join(import.meta.dirname, "..", "..", "internal", "webui", "dist");

if (!existsSync(join(from, "fr", "index.html"))) {
  console.error("There is no export in web/out. Run `pnpm run build` without BUILD_TARGET first.");
  process.exit(1);
}
rmSync(to, { recursive: true, force: true });
cpSync(from, to, { recursive: true, filter: (file) => !unwanted.test(relative(from, file)) });
const files = readdirSync(to, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
console.log(`${files.length} files in internal/webui/dist`);

// Copies the static export (out/) to where the Go binary embeds it. The old
// copy goes first, so that no file of an earlier build survives.
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const from = join(import.meta.dirname, "..", "out");
const to = join(import.meta.dirname, "..", "..", "internal", "webui", "dist");

if (!existsSync(join(from, "fr", "index.html"))) {
  console.error("There is no export in web/out. Run `pnpm run build` without BUILD_TARGET first.");
  process.exit(1);
}
rmSync(to, { recursive: true, force: true });
cpSync(from, to, { recursive: true, filter: (file) => !file.endsWith(".map") });
const files = readdirSync(to, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
console.log(`${files.length} files in internal/webui/dist`);

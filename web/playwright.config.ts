import { defineConfig } from "@playwright/test";

const port = Number(process.env.PAGE_PORT ?? 4173);

// Two projects: `page` reads the exported site with answers made up by the
// tests; `real` (e2e/real) starts the binary itself and needs no server here.
export default defineConfig({
  testDir: "e2e",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  timeout: 45_000,
  // The page asks for news every few seconds: a wait has to outlast that on a
  // busy machine, too.
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    locale: "fr-FR",
    timezoneId: "Europe/Paris",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "page", testMatch: "*.spec.ts", testIgnore: "real/**" },
    { name: "real", testMatch: "real/**/*.spec.ts" },
  ],
  webServer: {
    command: `node e2e/server.mjs ${port}`,
    port,
    reuseExistingServer: false,
  },
});

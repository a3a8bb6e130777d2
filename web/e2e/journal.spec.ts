import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { teamWorld } from "../test/fixtures";
import { runs, schema } from "../test/journal";
import { serveWorld } from "./api";

async function open(page: Page, language: "fr" | "en", width: number) {
  await page.setViewportSize({ width, height: 900 });
  const api = await serveWorld(page, teamWorld());
  api.runs = runs();
  api.schema = schema();
  await page.goto(`/${language}/`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("41");
  return api;
}

test("the journal is fetched when it is opened, by keyboard too", async ({ page }) => {
  const api = await open(page, "fr", 1280);
  expect(api.asked["ingestion/runs"]).toBeUndefined();
  const journal = page.locator("#journal");
  await page.getByRole("button", { name: "Ouvrir le journal" }).press("Enter");
  const [failed, quiet, full] = ["3", "2", "1"].map((id) => journal.locator(`[data-run="${id}"]`));
  await expect(failed!).toContainText("nouveautés ■ échec");
  await expect(journal.locator("[lang=en]").first()).toHaveText("Notion refused the token.");
  await expect(quiet!.getByRole("button")).toHaveCount(0);
  await expect(full!).toContainText("complète ◆ 1 avertissement");
  await expect(full!).toContainText(/3.010/);
  await full!.getByRole("button").press("Enter");
  await expect(journal).toContainText("Notion : 3 000 actives, 10 archivées ; table : 3 012");
  await expect(journal).toContainText("Écart de la table : +2");
  await expect(journal).toContainText("A relation was cut (4 fois) Par exemple 8f6e, 9a01");
  await expect(journal).toContainText("« Statut » s’appelle maintenant « État ».");
  await expect(journal.locator("[data-property=b]")).toContainText("absente de Notion depuis");
  await page.getByRole("button", { name: "Fermer le journal" }).press("Enter");
  await expect(journal.locator("tr[data-run]")).toHaveCount(0);
});

test("a link of the sidebar opens it, and a run that ends adds a line", async ({ page }) => {
  const api = await open(page, "en", 1280);
  await page.getByRole("link", { name: "Sync log" }).click();
  const lines = page.locator("#journal tr[data-run]");
  await expect(lines).toHaveCount(3);
  api.runs = [{ ...runs()[1]!, id: "4" }, ...runs()];
  api.world.status.last_success = "2026-11-19T08:05:00Z";
  await expect(lines).toHaveCount(4);
});

test("it says so where there is nothing, or no answer", async ({ page }) => {
  const api = await open(page, "fr", 1280);
  api.runs = [];
  api.broken = new Set(["ingestion/schema"]);
  await page.getByRole("button", { name: "Ouvrir le journal" }).click();
  const journal = page.locator("#journal");
  await expect(journal.locator("[data-state=empty]")).toContainText("chaque synchronisation");
  await expect(journal.locator("[data-state=error]")).toContainText("lecture impossible");
  api.broken = new Set();
  await journal.getByRole("button", { name: "Réessayer" }).click();
  await expect(journal.locator("[data-property]")).toHaveCount(2);
});

for (const [width, theme] of [
  [360, "light"],
  [1280, "dark"],
] as const) {
  test(`at ${width} nothing sticks out, and there is no serious barrier`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await open(page, "fr", width);
    await page.getByRole("button", { name: "Ouvrir le journal" }).click();
    const lines = page.locator("#journal tr[data-run]");
    await expect(lines).toHaveCount(3);
    await lines.nth(2).getByRole("button").click();
    await expect(page.locator("[data-property]")).toHaveCount(2);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    for (const frame of await page.locator("#journal [data-slot=table-frame]").all()) {
      expect(await frame.evaluate((e) => e.scrollWidth - e.clientWidth)).toBeLessThanOrEqual(0);
    }
    const { violations } = await new AxeBuilder({ page }).include("#journal").analyze();
    const serious = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
    expect(serious.map((v) => [v.id, v.nodes.map((n) => n.target)])).toEqual([]);
  });
}

import { expect, test } from "@playwright/test";
import { firstSyncWorld, progress, teamWorld } from "../test/fixtures";
import { serveWorld, type Api } from "./api";

const news = (api: Api) => {
  api.world.week = progress("week", [42, 17, 14, 2], 0.8, 43);
  api.world.status.version = 43;
};

test.describe("where the news comes from", () => {
  test("the stream alone, while it flows", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    await page.goto("/fr/");
    const contacts = page.locator("li[data-event=date_prise_contact] [data-slot=flash]");
    await expect(contacts).toHaveText("41");
    await page.evaluate(() => ((window as { stayed?: boolean }).stayed = true));
    news(api);
    await expect(contacts).toHaveText("42");
    expect(await page.evaluate(() => (window as { stayed?: boolean }).stayed)).toBe(true);
    expect(api.asked["ingestion/status"]).toBe(1); // the preload
  });

  test("polls, where there is no stream", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    api.streams = false;
    await page.goto("/fr/");
    const contacts = page.locator("li[data-event=date_prise_contact] [data-slot=flash]");
    await expect(contacts).toHaveText("41");
    news(api);
    await expect(contacts).toHaveText("42");
    expect(api.asked["stream"]).toBe(1);
    expect(api.asked["ingestion/status"]).toBeGreaterThan(1);
  });

  test("none while nobody looks, and at once when somebody does", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    await page.goto("/fr/");
    await expect.poll(() => api.asked["stream"]).toBeGreaterThan(1);
    const show = (hidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, hidden);
    await show(true);
    await page.waitForTimeout(300); // what was under way
    const heard = api.asked["stream"];
    await page.waitForTimeout(2_000);
    expect(api.asked["stream"]).toBe(heard);
    expect(api.asked["ingestion/status"]).toBe(1);
    news(api);
    await show(false);
    await expect(page.locator("footer")).toContainText("version 43");
  });
});

test.describe("what the sync is at", () => {
  for (const [language, missing, kept] of [
    ["fr", "57 leads ne figurent plus dans la base Notion.", "aucun n’a été marqué comme parti"],
    ["en", "57 leads are no longer in the Notion database.", "none was marked as gone"],
  ] as const) {
    test(`held deletions, in ${language}`, async ({ page }) => {
      const world = teamWorld();
      world.status.held = {
        at: "2026-11-19T08:00:00Z",
        leads: 57,
        message: "An English sentence.",
      };
      const api = await serveWorld(page, world);
      await page.goto(`/${language}/`);
      const held = page.locator("[data-slot=held]");
      await expect(held).toContainText(missing);
      await expect(held).toContainText(kept);
      await expect(held.locator("code")).toHaveText("leadlake sync --sweep --allow-mass-delete");
      await expect(page.getByText("An English sentence.")).toBeHidden();
      api.world.status.held = null;
      await expect(held).toBeEmpty();
    });
  }

  test("another process, and a pause that Notion asks for", async ({ page }) => {
    const world = teamWorld();
    world.status.elsewhere = "Another sync of this lake is running.";
    const api = await serveWorld(page, world);
    await page.goto("/fr/");
    await expect(page.getByText("Une autre instance de Leadlake synchronise")).toBeVisible();
    Object.assign(api.world.status, firstSyncWorld().status, { elsewhere: null, rows: 3012 });
    api.world.status.progress!.paused_until = "2100-01-01T13:05:00Z";
    await expect(page.getByText("Notion demande d’attendre jusqu’à 14:05")).toBeVisible();
    api.world.status.progress!.paused_until = null;
    api.world.status.progress!.remaining_seconds = 120;
    await expect(page.getByText(/1.200 leads lus, encore 2.min environ/).first()).toBeVisible();
  });
});

test("the page says how old its figures are, and so when they are old", async ({ page }) => {
  const api = await serveWorld(page, teamWorld());
  await page.goto("/fr/");
  const masthead = page.locator("header").first();
  await expect(masthead).toContainText("chiffres de moins d’une minute");
  api.world.status.freshness_seconds = 2400;
  await expect(masthead).toContainText("Chiffres d’il y a 40 minutes");
  api.world.status.freshness_seconds = 3 * 86_400;
  await expect(masthead.locator("[data-strong]")).toContainText("date d’il y a 3 jours");
  api.down = true;
  await expect(masthead).toContainText("Leadlake ne répond plus.");
  await expect(masthead).toContainText("datent d’il y a 3 jours");
});

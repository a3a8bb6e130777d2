import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { demoWorld, emptyWorld, largeWorld, teamWorld, type World } from "../test/fixtures";
import { serveWorld } from "./api";

const widths = [390, 820, 1440, 2560];

async function open(page: Page, world: World, width: number, theme: "light" | "dark" = "light") {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
  const api = await serveWorld(page, world);
  await page.goto("/fr/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  return api;
}

for (const width of widths) {
  for (const [name, world] of [
    ["team", teamWorld],
    ["large", largeWorld],
  ] as const) {
    test(`${name} at ${width}: nothing sticks out, nothing is cut`, async ({ page }) => {
      await open(page, world(), width);
      await expect(page.locator("figure svg").first()).toBeVisible();
      const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(scroll).toBeLessThanOrEqual(width);
      for (const frame of await page.locator("[data-slot=table-frame]:visible").all()) {
        const over = await frame.evaluate((e) => e.scrollWidth - e.clientWidth);
        expect(over, (await frame.getAttribute("aria-label")) ?? "").toBeLessThanOrEqual(0);
      }
    });
  }

  for (const theme of ["light", "dark"] as const) {
    test(`at ${width} in ${theme}: no serious barrier`, async ({ page }) => {
      await open(page, demoWorld(), width, theme);
      await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
      await page.locator("figure").hover();
      await expect(page.locator("figure .recharts-surface").first()).toBeVisible();
      if (width >= 700) await page.getByRole("button", { name: "Tableau" }).click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
      expect(serious.map((v) => [v.id, v.nodes.map((n) => n.target)])).toEqual([]);
    });
  }
}

test("empty and error states have no serious barrier", async ({ page }) => {
  const api = await open(page, emptyWorld(), 1440);
  api.broken = new Set(["metrics/progress"]);
  for (const reload of [false, true]) {
    if (reload) {
      api.world = teamWorld();
      await page.reload();
      await expect(page.locator("[data-state=error]").first()).toBeVisible({ timeout: 10_000 });
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter((v) => v.impact === "serious" || v.impact === "critical")).toEqual([]);
  }
});

test("the chosen theme is kept, and set before the first paint", async ({ page }) => {
  await open(page, teamWorld(), 1440, "light");
  await page.getByRole("radio", { name: "Sombre" }).check();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      document.body.dataset.atFirst = document.documentElement.dataset.theme;
    });
  });
  await page.reload();
  await expect(page.locator("body")).toHaveAttribute("data-at-first", "dark");
  await page.getByRole("radio", { name: "Comme l’appareil" }).check();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});

for (const width of [390, 1440]) {
  test(`at ${width} nothing moves while the page fills`, async ({ page }) => {
    await page.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: "layout-shift", buffered: true });
    });
    const api = await open(page, demoWorld(), width);
    await expect(page.locator("figure svg").first()).toBeVisible();
    await page.locator("figure").hover();
    await expect(page.locator("figure .recharts-surface").first()).toBeVisible();
    expect(api.asked["conversion"]).toBe(1); // the preload was used, not repeated
    const total = await page.evaluate(() =>
      (window as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0),
    );
    expect(total).toBeLessThan(0.001);
  });
}

test("the page breaks no rule of its policy and logs nothing", async ({ page }) => {
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await open(page, demoWorld(), 1440);
  await page.locator("figure").hover();
  await expect(page.locator("figure .recharts-surface").first()).toBeVisible();
  await page.getByRole("button", { name: "Contacts" }).first().hover();
  await page.waitForTimeout(6_000); // a preload that is not used is reported late
  expect(said).toEqual([]);
});

test("on paper there are figures and nothing to press", async ({ page }) => {
  await open(page, teamWorld(), 1000, "dark");
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("table", { name: "Événements par semaine" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Synchroniser" })).toBeHidden();
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(ground).toBe("rgb(255, 255, 255)");
});

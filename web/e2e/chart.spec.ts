import { expect, test, type Page } from "@playwright/test";
import { teamWorld } from "../test/fixtures";
import { serveWorld } from "./api";

const rich = (page: Page) => page.locator("figure .recharts-surface").first();

const legend = (page: Page, event: string) =>
  page.locator("#activity ul").getByRole("button", { name: event });

test.beforeEach(async ({ page }) => {
  await serveWorld(page, teamWorld());
});

test("the light chart stands until the rich one takes over, in the same place", async ({
  page,
}) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let holding = false;
  await page.route("**/_next/static/chunks/*.js", async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    if (body.includes("recharts-wrapper")) {
      holding = true;
      await held;
    }
    await route.fulfill({ response, body });
  });
  await page.goto("/fr/");
  const bar = page.locator("figure [data-bar=date_prise_contact]").first();
  await expect(page.getByRole("img", { name: /Graphique en barres/ })).toBeVisible();
  const boxes = async () => ({
    figure: await page.locator("figure").boundingBox(),
    bar: await bar.boundingBox(),
  });
  const light = await boxes();
  await expect.poll(() => holding).toBe(true);
  release();
  await expect(rich(page)).toBeVisible();
  expect(await boxes()).toEqual(light);
});

test("a week's figures appear under the pointer", async ({ page }) => {
  await page.goto("/fr/");
  const box = (await page.locator("figure").boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 100);
  await expect(rich(page)).toBeVisible();
  await page.mouse.move(box.x + box.width - 80, box.y + 110);
  await expect(page.locator(".recharts-tooltip-wrapper")).toContainText("semaine en cours");
  await expect(page.locator(".recharts-tooltip-wrapper")).toContainText("41");
});

test("the table is one key away and holds the same figures", async ({ page }) => {
  await page.goto("/fr/");
  await expect(page.locator("figure svg").first()).toBeVisible();
  const table = page.getByRole("table", { name: "Événements par semaine" });
  await expect(table).toBeHidden();
  await legend(page, "Contacts").focus();
  await page.keyboard.press("t");
  await expect(table).toBeVisible();
  await expect(table.getByRole("row")).toHaveCount(13);
  await expect(table.getByRole("row").nth(1)).toContainText("S47 · 16–22 nov.");
  await expect(table.getByRole("row").nth(1).getByRole("cell")).toHaveText([
    "41",
    "17",
    "14",
    "2",
    "22",
  ]);
  await page.keyboard.press("t");
  await expect(table).toBeHidden();
});

test("the key is the card's own", async ({ page }) => {
  await page.goto("/fr/");
  await page.getByRole("link", { name: "Conversion" }).focus();
  await page.keyboard.press("t");
  await expect(page.getByRole("table", { name: "Événements par semaine" })).toBeHidden();
});

test("the range can be changed by keyboard, weeks without an event are there", async ({ page }) => {
  await page.goto("/fr/");
  await page.getByRole("radio", { name: "12 semaines" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("radio", { name: "26 semaines" })).toBeChecked();
  await page.getByRole("radio", { name: "Toutes les semaines" }).check();
  await page.getByRole("button", { name: "Tableau" }).click();
  const table = page.getByRole("table", { name: "Événements par semaine" });
  await expect(table.getByRole("row")).toHaveCount(80);
  const august = table.getByRole("row", { name: /S33 · 10–16 août/ }).first();
  await expect(august.getByRole("cell")).toHaveText(["0", "0", "0", "0", "0"]);
});

test("one event can be looked at alone, on its own scale", async ({ page }) => {
  await page.goto("/fr/");
  await legend(page, "Appels bookés").click();
  await expect(page.locator("figure [data-objective]")).toHaveCount(1);
  await expect(page.locator("figure [data-bar=date_prise_contact]")).toHaveCount(0);
  await legend(page, "Appels bookés").click();
  await expect(page.locator("figure [data-objective]")).toHaveCount(4);
});

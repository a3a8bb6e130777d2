import { expect, test } from "@playwright/test";
import {
  demoWorld,
  emptyWorld,
  firstSyncWorld,
  oneLeadWorld,
  progress,
  teamWorld,
} from "../test/fixtures";
import { serveWorld } from "./api";

const cards = ["metrics/progress", "transformation/count_date_by_week", "conversion"];

test.describe("what the page says", () => {
  for (const [language, sentence, title, monday] of [
    [
      "fr",
      "Semaine 47 : en bonne voie. 41 contacts sur 50, 3 réponses de retard.",
      "Leadlake · Tableau de prospection",
      "S47",
    ],
    [
      "en",
      "Week 47: on course. 41 of 50 contacts, 3 replies behind.",
      "Leadlake · Prospecting dashboard",
      "W47",
    ],
  ] as const) {
    test(`in ${language}`, async ({ page }) => {
      await serveWorld(page, teamWorld());
      await page.goto(`/${language}/`);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expect(page).toHaveTitle(title);
      const heading = page.getByRole("heading", { level: 1 });
      await expect(heading).toContainText(sentence.split(". ")[0]!);
      await expect(heading).toContainText(sentence.split(". ")[1]!);
      await expect(page.locator("figure")).toContainText(monday);
      const contacts = page.locator("[data-event=date_prise_contact]").first();
      await expect(contacts).toContainText(/41 (sur|of) 50/);
    });
  }

  test("one language leads to the other", async ({ page }) => {
    await serveWorld(page, teamWorld());
    await page.goto("/fr/");
    await page.getByRole("link", { name: "English" }).click();
    await expect(page).toHaveURL(/\/en\/$/);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Week 47");
  });

  test("a page that does not exist says so in both", async ({ page }) => {
    await page.goto("/nowhere/");
    await expect(page.getByText("Cette page n’existe pas")).toBeVisible();
    await expect(page.getByText("This page does not exist")).toBeVisible();
  });
});

test.describe("the states of the cards", () => {
  test("loading keeps the layout", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    api.hold = true;
    await page.goto("/fr/");
    await expect(page.locator("[data-state=loading]")).toHaveCount(5);
    await expect(page.getByRole("heading", { name: "Taux de conversion" })).toBeVisible();
  });

  test("empty says what will appear and what to do", async ({ page }) => {
    await serveWorld(page, emptyWorld());
    await page.goto("/fr/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Aucun lead pour l’instant.");
    await expect(page.locator("[data-state=empty]")).toHaveCount(5);
  });

  test("the first sync counts in every card", async ({ page }) => {
    const api = await serveWorld(page, firstSyncWorld());
    await page.goto("/en/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("First sync in progress");
    await expect(page.locator("footer")).toContainText("1,200 leads read, about 4 s to go");
    api.world = teamWorld();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("on course", {
      timeout: 10_000,
    });
  });

  test("an error says that data is safe, and retry recovers", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    api.broken = new Set(cards);
    await page.goto("/fr/");
    await expect(page.locator("[data-state=error]")).toHaveCount(5, { timeout: 10_000 });
    await expect(page.getByText("Vos données ne sont pas touchées.").first()).toBeVisible();
    api.broken = new Set();
    const conversion = page.locator("#conversion");
    await conversion.getByRole("button", { name: "Réessayer" }).click();
    await expect(conversion.getByRole("row")).toHaveCount(5);
  });

  test("one lead: figures of one, no ratio from nothing", async ({ page }) => {
    await serveWorld(page, oneLeadWorld());
    await page.goto("/fr/");
    await expect(page.locator("footer")).toContainText("1 lead ·");
    const step = page.locator("[data-step=date_reponse_prospect-date_appel_propose]");
    await expect(step).toContainText("—");
  });
});

test.describe("notices", () => {
  test("demo data is called so, with the way to one's own", async ({ page }) => {
    await serveWorld(page, demoWorld());
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto("/fr/");
    const demo = page.locator("[data-slot=demo]");
    await expect(demo).toContainText("ces leads sont inventés");
    await demo.getByRole("button", { name: "Voir vos données" }).click();
    await expect(demo.getByText("NOTION_TOKEN").last()).toBeVisible();
    await expect(demo.getByText("make run").last()).toBeVisible();
  });

  test("a server that goes away leaves the data on the page, with its age", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    await page.goto("/fr/");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("41 contacts");
    api.down = true;
    await expect(page.getByText("Leadlake ne répond plus.")).toBeVisible({ timeout: 10_000 });
    await page.getByRole("button", { name: "Synchroniser" }).click();
    await expect(page.getByText("n’a pas pu commencer")).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("41 contacts");
    api.down = false;
    api.world.week = progress("week", [45, 17, 14, 2], 0.8); // same version: the return decides
    await expect(page.getByRole("heading", { level: 1 })).toContainText("45 contacts", {
      timeout: 15_000,
    });
    await expect(page.getByText("Leadlake ne répond plus.")).toBeHidden();
    await expect(page.getByText("n’a pas pu commencer")).toBeHidden();
  });

  test("a failed sync is told in words", async ({ page }) => {
    const world = teamWorld();
    world.status.last_error = {
      at: "2026-11-19T08:05:00Z",
      message: "Notion refused the token: check NOTION_TOKEN.",
    };
    await serveWorld(page, world);
    await page.goto("/fr/");
    await expect(page.getByText("La dernière synchronisation a échoué.")).toBeVisible();
    await expect(
      page.getByText("Les chiffres affichés sont sûrs et datent d’il y a"),
    ).toBeVisible();
    await expect(page.locator("footer")).toContainText("Les données affichées sont sûres");
    await expect(page.locator("footer [lang=en]")).toHaveText(
      "Notion refused the token: check NOTION_TOKEN.",
    );
  });
});

test.describe("what changes", () => {
  test("a new version brings new numbers without a reload, and they flash", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    await page.goto("/fr/");
    const contacts = page.locator("li[data-event=date_prise_contact] [data-slot=flash]");
    await expect(contacts).toHaveText("41");
    await page.evaluate(() => ((window as { stayed?: boolean }).stayed = true));
    api.world.week = progress("week", [42, 17, 14, 2], 0.8, 43);
    api.world.status.version = 43;
    api.world.status.rows = 3013;
    await expect(contacts).toHaveText("42", { timeout: 10_000 });
    await expect(contacts).toHaveClass(/flash/);
    await expect(page.locator("footer")).toContainText(/3.013 leads · version 43/);
    expect(await page.evaluate(() => (window as { stayed?: boolean }).stayed)).toBe(true);
  });

  test("nothing is asked again while the version stays", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    await page.goto("/fr/");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("41");
    const asked = api.asked["conversion"];
    const heard = api.asked["stream"] ?? 0;
    await expect.poll(() => api.asked["stream"], { timeout: 12_000 }).toBeGreaterThan(heard + 1);
    expect(api.asked["conversion"]).toBe(asked);
  });

  test("sync now starts a run and follows it", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    await page.goto("/fr/");
    await page.getByRole("button", { name: "Synchroniser" }).click();
    await expect.poll(() => api.asked["ingestion/notion"]).toBe(1);
    Object.assign(api.world.status, firstSyncWorld().status, { rows: 3012, version: 42 });
    await expect(page.getByRole("button", { name: "Synchronisation…" })).toBeVisible({
      timeout: 10_000,
    });
    await expect(page.locator("aside")).toContainText(/1.200 leads lus/);
  });

  test("a refused sync says why, until it is dismissed", async ({ page }) => {
    const api = await serveWorld(page, teamWorld());
    api.sync = {
      status: 409,
      body: {
        status: 409,
        detail: "No Notion source is set: put NOTION_TOKEN and DATABASE_ID into .env.",
      },
    };
    await page.goto("/en/");
    await page.getByRole("button", { name: "Sync now" }).click();
    const message = page.getByText("No Notion source is set");
    await expect(message).toBeVisible();
    await page.getByRole("button", { name: "Close this message" }).click();
    await expect(message).toBeHidden();
  });
});

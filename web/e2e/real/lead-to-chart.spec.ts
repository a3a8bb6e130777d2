import { expect, test, type Page } from "@playwright/test";
import { count, dayOf, events, mondayOf, Notion, parisDay, stages, type EventId } from "./notion";
import { startLeadlake, startNotion, type Running } from "./processes";

// The whole way, as a user has it: Notion over HTTP, the real binary, a
// browser. What the page says has to equal what is counted by hand from the
// pages in Notion.

let notion: Notion;
let url: string;
const running: Running[] = [];

test.describe.configure({ mode: "serial", timeout: 120_000 });

test.beforeAll(async () => {
  const workspace = await startNotion();
  running.push(workspace);
  notion = new Notion(workspace.env);
  const leadlake = await startLeadlake(workspace.env);
  running.push(leadlake);
  url = leadlake.url;
});

test.afterAll(async () => {
  for (const program of running.reverse()) await program.stop();
});

const today = () => parisDay(new Date());
const thisWeek = (day: string) => mondayOf(day) === mondayOf(today());
const thisMonth = (day: string) => day.slice(0, 7) === today().slice(0, 7);

function weeksAgo(n: number): string {
  const at = new Date(`${mondayOf(today())}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() - 7 * n);
  return at.toISOString().slice(0, 10);
}

/** The large number of one of the four figures. */
function bigNumber(page: Page, event: EventId) {
  return page.locator(`li[data-event=${event}] p:nth-of-type(2) > :first-child`);
}

/** The first whole number in a row's cell. */
async function cell(page: Page, card: string, row: number, column: number): Promise<number> {
  const text = await page
    .getByRole("table", { name: card })
    .or(page.getByRole("region", { name: card }).locator("table"))
    .first()
    .locator("tbody tr")
    .nth(row)
    .locator("th, td")
    .nth(column)
    .innerText();
  return Number(text.replaceAll(/[^\d.-]/g, ""));
}

test("the numbers are those of the pages in Notion", async ({ page }) => {
  await page.goto(`${url}/en/`);
  const figures = page.locator("li[data-event]");
  await expect(figures).toHaveCount(4, { timeout: 60_000 });
  await expect(page.locator("footer")).toContainText("up to date", { timeout: 30_000 });

  const pages = await notion.pages();
  expect(pages.length).toBeGreaterThan(2000);
  for (const [i, stage] of stages.entries()) {
    const week = count(pages, stage, thisWeek);
    await expect(bigNumber(page, stage)).toHaveText(`${week}`);
    expect(await cell(page, "Objectives of the week", i, 1)).toBe(week);
    expect(await cell(page, "Objectives of the month", i, 1)).toBe(count(pages, stage, thisMonth));
  }

  const counted = (day: string) => day >= weeksAgo(11) && day < weeksAgo(-1);
  const ratios = [
    ["date_prise_contact", "date_reponse_prospect"],
    ["date_reponse_prospect", "date_appel_propose"],
    ["date_appel_propose", "date_appel_booke"],
    ["date_reponse_prospect", "date_appel_booke"],
  ] as const;
  for (const [i, [from, to]] of ratios.entries()) {
    const share = count(pages, to, counted) / count(pages, from, counted);
    expect(await cell(page, "Conversion ratios", i, 1)).toBe(count(pages, from, counted));
    expect(await cell(page, "Conversion ratios", i, 2)).toBe(count(pages, to, counted));
    expect(await cell(page, "Conversion ratios", i, 3)).toBeCloseTo(share * 100, 1);
  }
});

test("every week of the table is right", async ({ page }) => {
  await page.goto(`${url}/fr/`);
  await page.getByRole("button", { name: "Tableau" }).click();
  const rows = page.getByRole("region", { name: "Activité par semaine" }).locator("tbody tr");
  await expect(rows).toHaveCount(12);
  const pages = await notion.pages();
  for (let week = 0; week < 12; week++) {
    const cells = await rows.nth(week).locator("td").allInnerTexts();
    const want = events.map((e) => count(pages, e, (day) => mondayOf(day) === weeksAgo(week)));
    expect(cells.map(Number)).toEqual(want);
  }
});

test("a lead moves in Notion, and the page shows it without a reload", async ({ page }) => {
  await page.goto(`${url}/fr/`);
  const figure = bigNumber(page, "date_appel_booke");
  const pages = await notion.pages();
  const before = count(pages, "date_appel_booke", thisWeek);
  await expect(figure).toHaveText(`${before}`);
  await page.evaluate(() => ((window as { kept?: boolean }).kept = true));

  const lead = pages.find((p) => dayOf(p, "date_appel_booke") === null)!;
  await notion.setDate(lead.id, "date_appel_booke", today());
  await expect(figure).toHaveText(`${before + 1}`, { timeout: 20_000 });
  expect(await page.evaluate(() => (window as { kept?: boolean }).kept)).toBe(true);
});

// Reads the fixture straight from the Notion API and counts it by hand. None
// of this may share code with what it checks.

const propertyOf = {
  date_prise_contact: "Date de prise de contact",
  date_reponse_prospect: "Date de réponse du prospect",
  date_appel_propose: "Date d'appel proposé",
  date_appel_booke: "Date d'appel booké",
  date_relance: "Date de relance",
};

export type EventId = keyof typeof propertyOf;

/** The events in the order of the page's columns; the first four are rows. */
export const events = Object.keys(propertyOf) as EventId[];
export const stages = events.slice(0, 4);

interface Page {
  id: string;
  properties: Record<string, { type: string; date?: { start: string } | null }>;
}

export class Notion {
  readonly #env: Record<string, string>;
  constructor(env: Record<string, string>) {
    this.#env = env;
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#env.LEADLAKE_NOTION_URL}/v1/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.#env.NOTION_TOKEN}`,
        "Notion-Version": "2026-03-11",
        "Content-Type": "application/json",
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  async #source(): Promise<string> {
    const database = await this.#ask<{ data_sources: { id: string }[] }>(
      "GET",
      `databases/${this.#env.DATABASE_ID}`,
    );
    return database.data_sources[0]!.id;
  }

  /** Every page, archived ones too, each once. */
  async pages(): Promise<Page[]> {
    const found = new Map<string, Page>();
    const source = await this.#source();
    for (const archived of [false, true]) {
      let cursor: string | undefined;
      do {
        const answer = await this.#ask<{
          results: Page[];
          has_more: boolean;
          next_cursor: string | null;
        }>("POST", `data_sources/${source}/query`, {
          start_cursor: cursor,
          ...(archived ? { is_archived: true } : {}),
        });
        for (const page of answer.results) found.set(page.id, page);
        cursor = answer.has_more ? (answer.next_cursor ?? undefined) : undefined;
      } while (cursor);
    }
    return [...found.values()];
  }

  /** Gives a page a date. */
  async setDate(page: string, event: EventId, day: string) {
    await this.#ask("PATCH", `pages/${page}`, {
      properties: { [propertyOf[event]]: { date: { start: day } } },
    });
  }
}

/** The day of an event on a page, in Paris; null where it has not happened. */
export function dayOf(page: Page, event: EventId): string | null {
  const start = page.properties[propertyOf[event]]?.date?.start;
  if (!start) return null;
  return start.includes("T") ? parisDay(new Date(start)) : start;
}

const paris = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris" });

export function parisDay(at: Date): string {
  return paris.format(at);
}

/** The Monday of a day's week, as the week's name. */
export function mondayOf(day: string): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}

/** How many pages have an event on a day that counts. */
export function count(pages: Page[], event: EventId, counts: (day: string) => boolean): number {
  return pages.filter((page) => {
    const day = dayOf(page, event);
    return day !== null && counts(day);
  }).length;
}

import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { en } from "@/i18n/en";
import {
  demoWorld,
  emptyWorld,
  firstSyncWorld,
  oneLeadWorld,
  teamWorld,
} from "../../test/fixtures";
import { renderWith } from "../../test/render";
import { Conversion } from "./conversion";
import { Figures } from "./figures";
import { Headline } from "./headline";
import { Objectives } from "./objectives";
import { Provenance } from "./provenance";

// Nothing answers here but the cache; a test that needs a server says so.
const ask = vi.hoisted(() => vi.fn<() => Promise<never>>());
vi.mock("@/lib/api/client", () => ({ get: ask, post: ask }));

const never = () => new Promise<never>(() => undefined);
beforeEach(() => {
  ask.mockReset().mockImplementation(never);
});

const text = (element: Element | null) => element?.textContent?.replace(/[\u00a0\u202f]/g, " ");

const cards: [string, ReactNode][] = [
  ["figures", <Figures key="f" />],
  ["objectives of the month", <Objectives key="m" grain="month" />],
  ["objectives of the week", <Objectives key="w" grain="week" />],
  ["conversion", <Conversion key="c" />],
];

describe.each(cards)("the card of %s", (_, card) => {
  it("keeps its place while it loads", () => {
    const { container } = renderWith(card, null);
    expect(container.querySelector("[data-state=loading]")).toHaveTextContent("Chargement");
    expect(container.querySelectorAll("[data-slot=skeleton]").length).toBeGreaterThan(3);
  });

  it("says what will be there while there is nothing", () => {
    const { container } = renderWith(card, emptyWorld());
    const empty = container.querySelector("[data-state=empty]");
    expect(text(empty)).toContain("Ici :");
    expect(text(empty)).toContain("lancez une synchronisation");
  });

  it("tells an empty Notion from one that was never read, or could not be", async () => {
    const world = emptyWorld();
    world.status.last_success = "2026-11-19T08:00:00Z";
    const { container, fill } = renderWith(card, world);
    const empty = () => text(container.querySelector("[data-state=empty]"));
    expect(empty()).toContain("Votre base Notion est vide");
    world.status.last_error = { at: "2026-11-19T08:05:00Z", message: "Notion refused the token" };
    act(() => fill(world));
    await waitFor(() => expect(empty()).toContain("la cause est en bas de la page"));
  });

  it("counts along with the first sync", () => {
    const { container } = renderWith(card, firstSyncWorld());
    expect(text(container.querySelector("[data-state=empty]"))).toContain("1 200 leads lus");
  });

  it("says what went wrong, that nothing is lost, and tries again", async () => {
    ask.mockRejectedValue(new Error("no server"));
    renderWith(card, null);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("lecture impossible");
    expect(alert).toHaveTextContent("Vos données ne sont pas touchées");
    const before = ask.mock.calls.length;
    await userEvent.click(within(alert).getByRole("button", { name: "Réessayer" }));
    expect(ask.mock.calls.length).toBeGreaterThan(before);
  });

  it("shows its figures, and old ones rather than none", async () => {
    const { container, client } = renderWith(card, teamWorld());
    expect(container.querySelector("[data-state]")).toBeNull();
    ask.mockRejectedValue(new Error("no server"));
    await act(() => client.refetchQueries());
    expect(container.querySelector("[data-state]")).toBeNull();
    expect(container.querySelector("[data-event], [data-step]")).not.toBeNull();
  });
});

describe("the headline", () => {
  it("answers", () => {
    renderWith(<Headline />, demoWorld());
    expect(text(screen.getByRole("heading", { level: 1 }))).toContain(
      "Semaine 47 : en bonne voie. ● 41 contacts sur 50, 3 réponses de retard.",
    );
  });

  it("has a heading in every state", async () => {
    renderWith(<Headline />, emptyWorld()).unmount();
    const { unmount } = renderWith(<Headline />, firstSyncWorld());
    expect(screen.getByRole("heading")).toHaveTextContent("Première synchronisation en cours");
    unmount();
    ask.mockRejectedValue(new Error("no server"));
    renderWith(<Headline />, null, en);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("This week");
    expect(await screen.findByText("The week could not be read.")).toBeInTheDocument();
  });
});

describe("figures that change", () => {
  it("flash once, and not at first sight", async () => {
    const { container, fill } = renderWith(<Figures />, teamWorld());
    const contacts = () =>
      container.querySelector("[data-event=date_prise_contact] [data-slot=flash]");
    expect(contacts()).not.toHaveClass("flash");
    const world = teamWorld();
    world.week.rows![0]!.actual = 42;
    act(() => fill(world));
    await waitFor(() => expect(contacts()).toHaveTextContent("42"));
    expect(contacts()).toHaveClass("flash");
    const replies = container.querySelector("[data-event=date_reponse_prospect] [data-slot=flash]");
    expect(replies).not.toHaveClass("flash");
  });

  it("are put into words", () => {
    const { container } = renderWith(<Figures />, teamWorld());
    const of = (event: string) => text(container.querySelector(`[data-event=${event}]`));
    expect(of("date_prise_contact")).toContain("1 d’avance");
    expect(of("date_reponse_prospect")).toContain("3 de retard");
    expect(of("date_appel_booke")).toContain("dans le rythme");
  });
});

describe("standings", () => {
  it("come from the API as word and shape", () => {
    const { container } = renderWith(<Objectives grain="month" />, teamWorld());
    const row = container.querySelector("[data-event=date_appel_booke]");
    expect(row?.querySelector("[data-standing=bad]")).toHaveTextContent("■ Loin");
  });

  it("of a ratio that does not exist are a dash with its reason", async () => {
    const { container } = renderWith(<Conversion />, oneLeadWorld());
    const row = container.querySelector("[data-step=date_reponse_prospect-date_appel_propose]")!;
    const dash = within(row as HTMLElement).getByRole("button", { name: "—" });
    await userEvent.hover(dash);
    expect(screen.getByRole("tooltip")).toHaveTextContent("aucun départ (réponses)");
    await userEvent.keyboard("{Tab}");
    await userEvent.unhover(dash);
    expect(screen.queryByRole("tooltip")).toBeNull();
  });

  it("of ratios are written with a real minus", () => {
    const { container } = renderWith(<Conversion />, teamWorld());
    expect(text(container.querySelector("[data-step]"))).toContain("−11,2 pt");
  });
});

describe("the footer", () => {
  it("says when, whence, how many, which version", () => {
    const { container } = renderWith(<Provenance />, teamWorld());
    const line = text(container.querySelector("[data-slot=provenance]"));
    expect(line).toMatch(/Données du 19 nov\., 9:00 \(il y a 3\d secondes\)|09:00/);
    expect(line).toContain("Notion « Prospection » · 3 012 leads · version 42");
    expect(line).toContain("à jour");
  });

  it("tells a failure and what it leaves untouched", () => {
    const world = teamWorld();
    world.status.last_error = { at: "2026-11-19T09:00:00Z", message: "Notion refused the token" };
    const { container } = renderWith(<Provenance />, world);
    const error = container.querySelector("[data-slot=last-error]");
    expect(text(error)).toContain(
      "a échoué. Les données affichées sont sûres et datent du 19 nov.",
    );
    expect(error?.querySelector("[lang=en]")).toHaveTextContent("Notion refused the token.");
  });
});

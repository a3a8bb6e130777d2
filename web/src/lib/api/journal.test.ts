import { describe, expect, it } from "vitest";
import { runs, schema } from "../../../test/journal";
import { decodeRuns, decodeSchema, hasDetails, imbalance } from "./journal";

describe("the journal's answers", () => {
  it("are read", () => {
    const [failed, , full] = decodeRuns(runs());
    expect(failed).toMatchObject({ failed: true, error: "Notion refused the token.", seconds: 2 });
    expect(full).toMatchObject({
      mode: "full",
      failed: false,
      seconds: 95,
      gone: 7, // trashed, moved and unreachable
      balance: { active: 3000, archived: 10, table: 3012 },
      warnings: [{ text: "A relation was cut", count: 4, examples: ["8f6e", "9a01"] }],
      changes: [{ change: "renamed", was: "Statut", is: "État", property: "État" }],
    });
  });

  it("may be null", () => {
    expect(decodeRuns(null)).toEqual([]);
    const bare = { ...runs()[0]!, warnings: null, drift: null, failed_requests: null };
    expect(decodeRuns([bare as never])[0]).toMatchObject({
      warnings: [],
      changes: [],
      failedRequests: [],
    });
    expect(decodeSchema({ properties: null, changes: null } as never)).toEqual({
      properties: [],
      changes: [],
    });
  });

  it("leaves out that every property was new at first", () => {
    const at = "2026-11-20T09:00:00Z";
    const later = "2026-11-20T10:00:00Z";
    const added = {
      change: "added",
      property_id: "a",
      property: "Ville",
      column: "ville",
      was: null,
      is: "Ville",
    };
    const { changes } = decodeSchema({
      properties: [],
      changes: [
        { ...added, at },
        { ...added, at: later },
      ],
    } as never);
    expect(changes.map((c) => c.at)).toEqual([later]);
  });

  it("have the newest change of the schema first", () => {
    const { properties, changes } = decodeSchema(schema());
    expect(changes.map((c) => c.change)).toEqual(["removed", "renamed"]);
    expect(properties.map((p) => p.removedAt)).toEqual([null, "2026-11-18T08:00:00Z"]);
  });
});

describe("imbalance", () => {
  it.each([
    [{ active: 3, archived: 1, table: 4 }, 0],
    [{ active: 3, archived: 1, table: 6 }, 2],
    [{ active: 3, archived: 1, table: 3 }, -1],
  ])("of %j is %d", (balance, want) => expect(imbalance(balance)).toBe(want));
});

describe("hasDetails", () => {
  const [failed, quiet, full] = decodeRuns(runs());
  it("is true where there is more to say", () => {
    expect(hasDetails(quiet!)).toBe(false);
    expect(hasDetails(failed!)).toBe(true);
    expect(hasDetails(full!)).toBe(true);
    expect(hasDetails({ ...quiet!, held: 57 })).toBe(true);
    expect(hasDetails({ ...quiet!, failedRequests: ["ab"] })).toBe(true);
  });
});

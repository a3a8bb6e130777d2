import { describe, expect, it } from "vitest";
import { en } from "./en";
import { fr } from "./fr";

/** Every text of a catalogue by its path, functions called with plain arguments. */
function texts(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, v]) => texts(v, path ? `${path}.${key}` : key));
}

const shape = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shape(v)]))
    : typeof value;

describe("catalogues", () => {
  it("have the same keys of the same kinds", () => {
    expect(shape(en)).toEqual(shape(fr));
  });

  it("leave no text empty and shout nowhere", () => {
    for (const catalogue of [fr, en]) {
      for (const [path, text] of texts(catalogue)) {
        expect(text.trim(), path).not.toBe("");
        expect(text, path).not.toMatch(/!|oups|oops/i);
      }
    }
  });

  it("write French with its own apostrophe and no-break spaces", () => {
    for (const [path, text] of texts(fr)) {
      if (path.startsWith("otherLanguage")) continue;
      expect(text, path).not.toMatch(/'/);
      expect(text, path).not.toMatch(/ [:;?%»]/);
    }
  });

  it("share no sentence by mistake", () => {
    const english = new Map(texts(en));
    const equal = texts(fr).filter(
      ([path, text]) => english.get(path) === text && text.length > 12,
    );
    expect(equal).toEqual([]);
  });
});

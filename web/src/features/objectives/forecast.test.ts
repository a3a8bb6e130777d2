import { expect, it } from "vitest";
import { forecast } from "./forecast";

it("carries today's rhythm to the end of the period", () => {
  expect(forecast({ actual: 34 }, 0.85)).toBe(40);
  expect(forecast({ actual: 34 }, 1)).toBe(34);
  expect(forecast({ actual: 0 }, 0.5)).toBe(0);
});

it("says nothing before a tenth of the period", () => {
  expect(forecast({ actual: 3 }, 0.05)).toBeNull();
  expect(forecast({ actual: 0 }, 0)).toBeNull();
});

import { expect, it } from "vitest";
import { demoWorld } from "../../test/fixtures";
import { decodeStatus } from "./api/decode";
import { dataAge, judgeAge } from "./data-age";

const status = decodeStatus(demoWorld().status);

it("adds what has passed since the answer", () => {
  expect(dataAge(status, 10)).toBe(45);
  expect(dataAge(status, -3)).toBe(35); // the clock of this machine went back
  expect(dataAge({ ...status, freshnessSeconds: null }, 10)).toBeNull();
  expect(dataAge(undefined, 10)).toBeNull();
});

it.each([
  [0, "fresh"],
  [1200, "fresh"],
  [1201, "aging"],
  [86_400, "aging"],
  [86_401, "old"],
] as const)("%d s are %s", (age, want) => expect(judgeAge(age)).toBe(want));

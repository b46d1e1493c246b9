import { expect, test } from "vitest";
import { fieldOf, instantOf } from "./instants";

test("a field is in the city's time", () => {
  expect(instantOf("2026-11-24T08:00", 480)).toBe("2026-11-24T00:00:00.000Z");
  expect(instantOf("", 480)).toBeUndefined();
  expect(fieldOf(Date.parse("2026-11-24T00:00:00Z"), 480)).toBe("2026-11-24T08:00");
});

import { expect, it } from "vitest";
import { countFill, fillOf, sameFill, WITHHELD } from "./fills";

it("makes five classes of equal size and withholds what says nothing", () => {
  const values = new Map<string, number | null>([...Array.from({ length: 10 }, (_, index) => [`g${index}`, index / 10] as const), ["few", null]]);
  const fill = fillOf("grid", values, "up");
  expect(fill.classes.map(({ from }) => from)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  expect(fill.classes.at(-1)!.to).toBe(0.9);
  expect(fill.colours.get("few")).toBe(WITHHELD);
  expect(fill.withheld).toBe(true);
  expect(new Set(fill.colours.values()).size).toBe(6);
});

it("makes fewer classes where many areas have the same number, and none without numbers", () => {
  expect(fillOf("grid", new Map([["a", 1], ["b", 1]]), "neutral").classes).toHaveLength(1);
  const none = fillOf("grid", new Map([["a", null]]), "neutral");
  expect(none.classes).toEqual([]);
  expect(none.colours.get("a")).toBe(WITHHELD);
});

it("keeps the colours of counts while numbers change within their class", () => {
  const before = countFill("grid", ["a", "b", "c"], [0, 6, 200]);
  expect(before.colours.has("a")).toBe(false);
  expect(sameFill(before, countFill("grid", ["a", "b", "c"], [0, 7, 300]))).toBe(true);
  expect(sameFill(before, countFill("grid", ["a", "b", "c"], [1, 7, 300]))).toBe(false);
});

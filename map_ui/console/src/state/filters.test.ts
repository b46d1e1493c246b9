import { expect, test } from "vitest";
import type { CaseRow } from "../api/wire";
import { inCategory, matches, queryOf, readFilters, tabInAddress, tabOf } from "./filters";

const row = { light: "red", owner: "agency:1", urgency: "normal", queue: null, category: "social:matter:8001", areas: { street: "149901001" } } as unknown as CaseRow;

test("an address says which cases; what it does not know is left out", () => {
  expect(readFilters({ area: "1499", text: " ", nonsense: "x", light: "red" })).toEqual({ area: "1499", light: "red" });
  expect(tabOf({ state: "filed" })).toBe("filed");
  expect(tabOf({ state: "<script>" })).toBe("open");
  expect(tabInAddress("open")).toBeUndefined();
});

test("days are days of the city", () => {
  expect(queryOf({ from: "2026-11-24", to: "2026-11-24" }, 480)).toEqual({ from: "2026-11-23T16:00:00.000Z", to: "2026-11-24T16:00:00.000Z" });
});

test("a change is judged here where that is possible, and by the service where it is not", () => {
  expect(matches({}, row)).toBe(true);
  expect(matches({ area: "149901001", light: "red" }, row)).toBe(true);
  expect(matches({ area: "149901002" }, row)).toBe(false);
  expect(matches({ category: "social:matter:80" }, row)).toBe(true);
  expect(matches({ text: "灯" }, row)).toBeUndefined();
  expect(matches({ text: "灯", light: "green" }, row)).toBe(false);
});

test("a category is found by itself, by its chapter and by its tree", () => {
  expect(["social", "social:matter", "social:matter:80", "social:matter:8001"].map((one) => inCategory("social:matter:8001", one))).toEqual([true, true, true, true]);
  expect(inCategory("social:matter:8001", "social:matter:800")).toBe(false);
  expect(inCategory(null, "social")).toBe(false);
});

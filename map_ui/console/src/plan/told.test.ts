import { expect, it } from "vitest";
import { fromTo, householdsMoved, movesOf, sides } from "./told";
import type { Impact } from "./wire";

const load = (layer: string, level: string, code: string, before: number, after: number) => ({ layer, level, code, before, after });
const impact = {
  draft_id: 1, head: 0, counts: { households: 2 }, areas: [],
  people: [{ level: "grid", code: "g1", role: "grid_worker", name: "Li" }],
  loads: [
    load("households", "grid", "g1", 70, 30), load("households", "grid", "g2", 10, 50), load("open_cases", "grid", "g2", 1, 3),
    load("households", "community", "c", 5, 6), load("facilities", "grid", "g1", 1, 0),
  ],
  moves: { households: [{ what: 7, weight: 40, levels: { community: ["c", "d"], grid: ["g1", "g2"] } }] },
} as unknown as Impact;
const ranks = new Map([["community", 3], ["grid", 4]]);

it("tells the load of every side once, lowest level first", () => {
  const told = sides(impact, ranks);
  expect(told.map((one) => one.code)).toEqual(["g2", "g1", "c"]);
  expect(told[0]).toMatchObject({ households: [10, 50], cases: [1, 3], who: "" });
  expect(told[1]).toMatchObject({ households: [70, 30], cases: null, who: "Li" });
});
it("counts households on the level where most of them move", () => expect(householdsMoved(impact)).toBe(40));
it("says from where to where, on the lowest level", () => expect(fromTo(movesOf(impact, "households")[0]!, ranks)).toEqual(["g1", "g2"]));

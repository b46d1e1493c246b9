import { expect, test } from "vitest";
import { cell, csvOf, matching } from "./cells";

test("a cell is never empty and never an object", () => {
  expect(cell("")).toBe("–");
  expect(cell(["a", 2])).toBe("a, 2");
  expect(cell({ a: [1] })).toBe("a: 1");
});

test("a file quotes what would break its lines", () => {
  expect(csvOf(["a", "b"], [{ a: 'x,"y"', b: null }])).toBe('a,b\r\n"x,""y""",\r\n');
});

test("all words must be found", () => {
  const rows = [{ a: "North gate", b: 1 }, { a: "South gate", b: 2 }];
  expect(matching(rows, "gate NORTH")).toEqual([rows[0]]);
  expect(matching(rows, " ")).toEqual(rows);
});

import { expect, test } from "vitest";
import { scrolledTo, visible } from "./window";

test("of a hundred thousand rows only those in view are drawn", () => {
  expect(visible(100_000, 62, 0, 620)).toEqual({ from: 0, to: 16 });
  expect(visible(100_000, 62, 62 * 50_000, 620)).toEqual({ from: 49_994, to: 50_016 });
  expect(visible(3, 62, 0, 620)).toEqual({ from: 0, to: 3 });
  expect(visible(0, 62, 500, 620)).toEqual({ from: 0, to: 0 });
});

test("scrolling to a row moves as little as it can", () => {
  expect(scrolledTo(5, 62, 0, 620)).toBe(0);
  expect(scrolledTo(10, 62, 0, 620)).toBe(62);
  expect(scrolledTo(2, 62, 620, 620)).toBe(124);
});

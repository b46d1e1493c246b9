import { expect, test } from "vitest";
import type { CaseRow } from "../api/wire";
import { lightAt } from "./ageing";

const row = (more: object) => ({ state: "handling", light: "green", warn_at: "2026-11-24T08:00:00Z", due_at: "2026-11-24T09:00:00Z", ...more }) as unknown as CaseRow;
const at = (time: string) => Date.parse(`2026-11-24T${time}Z`) / 1000;

test("a light turns yellow and red while nothing is sent", () => {
  expect(["07:59:59", "08:00:00", "09:00:00", "09:00:01"].map((time) => lightAt(row({}), at(time)))).toEqual(["green", "yellow", "yellow", "red"]);
  expect(lightAt(row({ light: "yellow", warn_at: null }), at("07:00:00"))).toBe("yellow");
});

test("a clock that stands still keeps its light", () => {
  for (const state of ["checking", "suspended"]) expect(lightAt(row({ state }), at("23:00:00"))).toBe("green");
  expect(lightAt(row({ light: "none" }), at("23:00:00"))).toBe("none");
  expect(lightAt(row({ due_at: null }), at("23:00:00"))).toBe("green");
});

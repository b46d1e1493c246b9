import { expect, test } from "vitest";
import { askedOf, draftOf, subtrees } from "./grants";

test("what is left open is the whole city and every category", () => {
  expect(askedOf({ role: "operator", categories: [] })).toEqual({ role: "operator", area_code: null, categories: null, acts_for: null });
});

test("a grant comes back as it went out", () => {
  const grant = { role: "operator", role_name: "operator", area_code: "99", area_name: "x", categories: ["social:matter:80"], acts_for: null };
  expect(askedOf(draftOf(grant))).toEqual({ role: "operator", area_code: "99", categories: ["social:matter:80"], acts_for: null });
});

test("each chapter of a catalogue is offered once", () => {
  const row = (key: string, major: string) => ({ key, tree: "a", kind: "matter", major, name: key });
  expect(subtrees([row("a:matter:06010", "six"), row("a:matter:06020", "six"), row("a:matter:07010", "seven")])).toEqual([
    { value: "a:matter:06", name: "six" },
    { value: "a:matter:07", name: "seven" },
  ]);
});

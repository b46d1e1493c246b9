import { expect, it } from "vitest";
import { bodyOf, changesOf, emptyDraft } from "./draft";

const before = { ...emptyDraft("station", "compound"), name: "甲", phone: "1", attributes: { sign: true, compound_code: "C1" } };

it("sends only what differs, null for what was emptied", () => {
  expect(changesOf(before, { ...before, attributes: { ...before.attributes } })).toEqual({});
  expect(changesOf(before, { ...before, name: "乙", phone: "" })).toEqual({ name: "乙", phone: null });
  expect(changesOf(before, { ...before, attributes: { sign: true, compound_code: "", team: true } })).toEqual({ attributes: { compound_code: null, team: true } });
});

it("takes a flag that was never said and one that is not set for the same", () => {
  expect(changesOf(before, { ...before, attributes: { ...before.attributes, team: false } })).toEqual({});
  expect(changesOf(before, { ...before, attributes: { ...before.attributes, sign: false } })).toEqual({ attributes: { sign: false } });
});

it("leaves what says nothing out of a new place", () => {
  expect(bodyOf({ ...before, phone: "", attributes: { sign: false, area_m2: "" } }, { lon: 1, lat: 2 })).toMatchObject({ phone: null, attributes: {}, lon: 1, datum: "wgs84" });
});

import { expect, test } from "vitest";
import { inOrder, missing, payloadOf } from "./actions";

test("the likely next step stands first, what is unknown last", () => {
  expect(inOrder(["note", "made_up", "dispatch", "not_accept"])).toEqual(["dispatch", "not_accept", "note", "made_up"]);
});

test("empty fields are left out, numbers and instants are what the wire wants", () => {
  expect(payloadOf("dispatch", { owner: "", cohandlers: [], reason: " 急 " })).toEqual({ reason: "急" });
  expect(payloadOf("evaluate", { score: "5", satisfied: false })).toEqual({ score: 5, satisfied: false });
  expect(payloadOf("reopen", { reason: "x", due_at: "2026-11-24T08:00Z" })).toEqual({ reason: "x", due_at: "2026-11-24T08:00:00.000Z" });
});

test("what is needed and empty is named", () => {
  expect(missing("return", { reason: "wrong_duty", proposed_owner: " " })).toEqual(["proposed_owner"]);
  expect(missing("check", { passed: false })).toEqual([]);
});

// One action on the chosen cases: tried first, then done, and taken back where the workflow can.
import { computed, ref, shallowRef } from "vue";
import { fetchRows } from "../api/cases";
import { bulk, type BulkCase } from "../api/desk";
import { onceKey } from "../api/client";
import { Problem, readable } from "../api/problem";
import type { BulkOut } from "../api/wire";
import { t } from "../i18n";
import { say } from "../parts/toasts";
import { patch, rows, selected } from "../state/cases";

/** What is offered for many at once; the trial says for which of them it is allowed. */
export const OFFERED = ["file", "dispatch", "verify_on_site", "supervise", "note", "recategorise", "assign_cohandlers", "hand_over", "correct_routing", "approve_extension", "suspend", "resume", "rework", "not_accept", "check", "close"] as const;
export const MOST = 200;

export const trial = shallowRef<BulkOut | null>(null);
export const failure = ref("");
export const busy = ref(false);
const cases = shallowRef<readonly BulkCase[]>([]);
let once = onceKey();

export const undoable = computed(() => (trial.value ? { some: trial.value.undoable, of: trial.value.done } : null));

export function forget(): void {
  trial.value = null;
  failure.value = "";
  once = onceKey();
}

async function run(work: () => Promise<BulkOut>): Promise<BulkOut | null> {
  busy.value = true;
  failure.value = "";
  try {
    return await work();
  } catch (error) {
    failure.value = error instanceof Problem && error.errors.length ? error.errors.map((one) => one.message).join("；") : readable(error);
    return null;
  } finally {
    busy.value = false;
  }
}

/** The chosen cases in the versions that were on the screen; those whose rows are not here are fetched. */
async function chosen(): Promise<BulkCase[]> {
  const ids = [...selected].slice(0, MOST);
  const missing = ids.filter((id) => !rows.has(id));
  if (missing.length) (await fetchRows(missing)).items.forEach((row) => rows.set(row.case_id, row));
  return ids.flatMap((id) => (rows.has(id) ? [{ case_id: id, version: rows.get(id)!.version }] : []));
}

/** Asks what would become of each; nothing happens. */
export async function tryOut(action: string, payload: Record<string, unknown>): Promise<void> {
  trial.value = await run(async () => {
    cases.value = await chosen();
    return bulk(action, payload, cases.value, true);
  });
}

/** Does it. A request that broke off is sent again with the same key: each case once. */
export async function doIt(action: string, payload: Record<string, unknown>): Promise<BulkOut | null> {
  const answer = await run(() => bulk(action, payload, cases.value, false, once));
  if (!answer) return null;
  once = onceKey();
  await refresh(answer);
  answer.items.forEach((one) => one.ok && selected.delete(one.case_id));
  const name = t(`action.${action}`);
  const back = answer.items.filter((one) => one.ok && one.undo);
  const said = t(answer.refused ? "bulk.done_some" : "bulk.done", { action: name, done: answer.done, refused: answer.refused });
  say(said, false, back.length ? { text: t("bulk.undo", { count: back.length }), run: () => void undo(answer) } : undefined);
  return answer;
}

/** Takes back what can be: one more action on each, in the version the first one left. */
export async function undo(done: BulkOut): Promise<void> {
  const back = done.items.filter((one) => one.ok && one.undo && one.version !== null);
  const action = back[0]?.undo?.action;
  if (!action) return;
  const answer = await run(() => bulk(action, {}, back.map((one) => ({ case_id: one.case_id, version: one.version!, payload: one.undo!.payload })), false));
  if (!answer) return say(failure.value, true);
  await refresh(answer);
  say(t(answer.refused ? "bulk.undone_some" : "bulk.undone", { done: answer.done, refused: answer.refused }), answer.refused > 0);
}

async function refresh(answer: BulkOut): Promise<void> {
  const ids = answer.items.filter((one) => one.ok).map((one) => one.case_id);
  const found = ids.length ? await fetchRows(ids).catch(() => null) : null;
  if (found) patch(found.items, []);
}

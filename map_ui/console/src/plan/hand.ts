// What is in the planner's hand: the tool, the brush, the grid that is painted with, the areas that are chosen.
import { computed, ref, shallowRef } from "vue";
import { areas, intend, nameOf, pending } from "./state";
import type { ToolName } from "./tools";
import type { Area } from "./wire";
import { t } from "../i18n";

export const tool = ref<ToolName>("pan");
export const radius = ref(0);
export const target = ref<number | null>(null);
export const selected = shallowRef<ReadonlySet<number>>(new Set());
/** What to do next, or why a gesture came to nothing. */
export const hint = ref("");

const NOTHING: ReadonlySet<number> = new Set();
export const painted = computed<ReadonlySet<number>>(() => (pending.value?.operation.kind === "reassign" ? new Set(pending.value.operation.areas as number[]) : NOTHING));
export const paintedTo = computed(() => (pending.value?.operation.kind === "reassign" ? (pending.value.operation.parent as number) : target.value));

/** What areas in view hang on: the grids one may paint with. */
export const parents = computed<Area[]>(() => {
  const keys = new Set([...areas.values()].filter((one) => one.geometry || one.shares_face_of !== null).map((one) => one.parent));
  return [...areas.values()].filter((one) => keys.has(one.key) || one.level === "grid").sort((a, b) => (a.code < b.code ? -1 : 1));
});

/** Puts areas (with all who share their face) under another parent, as one drawing. */
export function reassign(keys: ReadonlySet<number>, parent: number): void {
  const going = [...areas.values()].filter((one) => (keys.has(one.key) || (one.shares_face_of !== null && keys.has(one.shares_face_of))) && one.parent !== parent);
  intend(going.length ? { kind: "reassign", areas: going.map((one) => one.key).sort((a, b) => a - b), parent } : null);
}

/** A stroke of the brush. The first one, while no grid is chosen, picks the grid up. */
export function paint(keys: number[], wipe: boolean): void {
  if (target.value === null || !areas.has(target.value)) {
    target.value = areas.get(keys[0]!)?.parent ?? null;
    hint.value = t("plan.picked_up", { grid: nameOf(target.value) });
    return;
  }
  hint.value = "";
  const now = new Set(painted.value);
  keys.forEach((key) => (wipe ? now.delete(key) : now.add(key)));
  if (now.size !== painted.value.size) reassign(now, target.value);
}

export function pick(key: number | null, add: boolean): void {
  const now = new Set(add ? selected.value : []);
  if (key !== null && !now.delete(key)) now.add(key);
  selected.value = now;
}

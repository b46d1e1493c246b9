// The draft on the table: its areas in view, what is being drawn, what would come of it, what was done. One pending drawing at a time:
// it is kept through refusals, conflicts, lost connections and reloads until it is done or discarded.
import { computed, ref, shallowReactive, shallowRef } from "vue";
import { onceKey } from "../api/client";
import { Problem, readable } from "../api/problem";
import * as wire from "./wire";
import type { Area, AreaChange, Change, Draft, Impact, Operation, Step, Steps } from "./wire";

export interface Pending {
  operation: Operation;
  /** Sent again and again it is done once. */
  clientId: string;
  /** Whether it was sent and nobody knows what became of it. */
  unsure: boolean;
}
/** What the board has to follow: areas that came, went or changed. */
export interface Shown {
  put: Area[];
  gone: number[];
}

export const draft = shallowRef<Draft | null>(null);
export const head = ref(0);
export const areas = shallowReactive(new Map<number, Area>());
export const leftOff = ref(0);
export const steps = shallowRef<Steps | null>(null);
export const pending = shallowRef<Pending | null>(null);
export const seen = shallowRef<{ change: Change; impact: Impact } | null>(null);
export const refusal = shallowRef<Problem | null>(null);
export const looking = ref(false);
export const busy = ref(false);
export const failure = shallowRef<unknown>(null);
/** What others did since this planner last looked; the table waits until they go on. */
export const others = shallowRef<Step[] | null>(null);

const listeners = new Set<(shown: Shown) => void>();
let asked: AbortController | null = null;
let timer = 0;

export const editable = computed(() => draft.value?.status === "open" || draft.value?.status === "review");
export const nameOf = (key: number | null | undefined): string => (key == null ? "" : (areas.get(key)?.name || areas.get(key)?.code || `#${key}`));
export const nameOfCode = (code: string | null): string => [...areas.values()].find((one) => one.code === code)?.name ?? code ?? "";
export const gridOf = (area: Area): Area | undefined => (area.parent === null ? undefined : areas.get(area.parent));

export function follow(listener: (shown: Shown) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
const show = (shown: Shown): void => listeners.forEach((listener) => listener(shown));

const place = (): string => `citygrid.plan.${draft.value!.draft_id}`;
function keep(): void {
  if (pending.value) localStorage.setItem(place(), JSON.stringify(pending.value));
  else localStorage.removeItem(place());
}

/** Opens a draft; a drawing that was left on the table lies there again. */
export async function open(id: number): Promise<void> {
  close();
  draft.value = await wire.fetchDraft(id);
  head.value = draft.value.head;
  steps.value = await wire.fetchSteps(id);
  const kept = localStorage.getItem(place());
  if (kept && editable.value) {
    pending.value = JSON.parse(kept) as Pending;
    if (pending.value.unsure) void commit();
    else void look();
  }
}

export function close(): void {
  asked?.abort();
  clearTimeout(timer);
  draft.value = steps.value = pending.value = seen.value = refusal.value = others.value = null;
  failure.value = null;
  areas.clear();
}

/** Fetches the areas in a box; areas of a drawing in progress stay as they are drawn. */
export async function loadBox(bbox: readonly number[], held: ReadonlySet<number>, signal?: AbortSignal): Promise<void> {
  const table = await wire.fetchAreasIn(draft.value!.draft_id, bbox, signal);
  leftOff.value = table.left_off;
  const there = new Set([...table.leaves, ...table.above].map((one) => one.key));
  const gone = [...areas.keys()].filter((key) => !there.has(key) && !held.has(key));
  gone.forEach((key) => areas.delete(key));
  const put = [...table.leaves, ...table.above].filter((one) => !held.has(one.key) || !areas.has(one.key));
  put.forEach((one) => areas.set(one.key, one));
  if (table.head !== head.value) void catchUp(table.head);
  show({ put, gone });
}

/** Somebody else moved the draft on while this planner looked at it. */
async function catchUp(newest: number): Promise<void> {
  if (busy.value) return;
  const before = head.value;
  steps.value = await wire.fetchSteps(draft.value!.draft_id);
  if (newest > before && !others.value) others.value = steps.value.items.filter((one) => one.sequence > before);
}

/** Lays a drawing on the table and asks what it would do. */
export function intend(operation: Operation | null): void {
  refusal.value = null;
  pending.value = operation && { operation, clientId: onceKey(), unsure: false };
  keep();
  if (!operation) {
    asked?.abort();
    clearTimeout(timer);
    seen.value = null;
    looking.value = false;
    return;
  }
  clearTimeout(timer);
  timer = window.setTimeout(() => void look(), 120);
}

/** Asks what the drawing would do and whom it concerns. */
export async function look(): Promise<void> {
  const drawn = pending.value;
  if (!drawn || !draft.value) return;
  asked?.abort();
  const { signal } = (asked = new AbortController());
  looking.value = true;
  try {
    const id = draft.value.draft_id;
    const [change, impact] = await Promise.all([wire.preview(id, drawn.operation, signal), wire.fetchImpact(id, drawn.operation, signal)]);
    if (pending.value !== drawn) return;
    seen.value = { change, impact };
    refusal.value = null;
  } catch (error) {
    if (signal.aborted || pending.value !== drawn) return;
    seen.value = null;
    refusal.value = error instanceof Problem ? error : new Problem(0, "", readable(error));
  } finally {
    if (!signal.aborted) looking.value = false;
  }
}

/** Does what is drawn. Refused, it stays on the table; without a connection it is sent again, and done once. */
export const commit = (): Promise<void> =>
  inTurn(async () => {
    if (pending.value && !others.value) await send(pending.value);
  });
export const undo = (): Promise<void> => inTurn(() => step("undo"));
export const redo = (): Promise<void> => inTurn(() => step("redo"));

let last: Promise<void> = Promise.resolve();
/** One after the other: a key that is pressed while the service is busy is not lost. */
function inTurn(work: () => Promise<void>): Promise<void> {
  return (last = last.then(work, work));
}

async function step(kind: "undo" | "redo"): Promise<void> {
  if (others.value || !editable.value || pending.value?.unsure || !(kind === "undo" ? steps.value?.can_undo : steps.value?.can_redo)) return;
  intend(null);
  pending.value = { operation: { kind }, clientId: onceKey(), unsure: false };
  await send(pending.value);
}

async function send(drawn: Pending): Promise<void> {
  busy.value = true;
  const again = drawn.unsure;
  try {
    const id = draft.value!.draft_id;
    const change = await wire.perform(id, drawn.operation, drawn.clientId, head.value);
    asked?.abort();
    pending.value = seen.value = refusal.value = null;
    keep();
    head.value = change.head;
    if (!again) put(change.areas);
    steps.value = await wire.fetchSteps(id);
    draft.value = await wire.fetchDraft(id);
    if (again) await reload();
  } catch (error) {
    await failed(drawn, error);
  } finally {
    busy.value = false;
  }
}

async function failed(drawn: Pending, error: unknown): Promise<void> {
  const problem = error instanceof Problem ? error : new Problem(0, "", readable(error));
  if (pending.value !== null && pending.value.clientId !== drawn.clientId) return;
  if (pending.value === null) return void (failure.value = error); // it was done; only the list could not be fetched
  if (problem.unreachable) {
    pending.value = { ...drawn, unsure: true };
    keep();
    setTimeout(() => pending.value?.clientId === drawn.clientId && void commit(), 2500);
    return;
  }
  pending.value = { ...drawn, unsure: false };
  if (problem.status === 412) return await meet(drawn);
  refusal.value = problem;
  if (drawn.operation.kind === "undo" || drawn.operation.kind === "redo") pending.value = null;
  keep();
}

/** Another planner was faster: shows what they did, and keeps the drawing. */
async function meet(drawn: Pending): Promise<void> {
  steps.value = await wire.fetchSteps(draft.value!.draft_id).catch(() => steps.value);
  others.value = steps.value?.items.filter((one) => one.sequence > head.value) ?? [];
  const stepping = drawn.operation.kind === "undo" || drawn.operation.kind === "redo";
  pending.value = stepping ? null : { ...drawn, clientId: onceKey() };
  seen.value = null;
  keep();
}

const reloads = new Set<() => Promise<void>>();
export function onReload(listener: () => Promise<void>): () => void {
  reloads.add(listener);
  return () => reloads.delete(listener);
}
async function reload(): Promise<void> {
  await Promise.all([...reloads].map((listener) => listener()));
}

/** Goes on over the newest state; the drawing is looked at again there. */
export const goOn = (): Promise<void> =>
  inTurn(async () => {
    failure.value = null;
    try {
      const id = draft.value!.draft_id;
      draft.value = await wire.fetchDraft(id);
      head.value = draft.value.head;
      steps.value = await wire.fetchSteps(id);
      others.value = null;
      await reload();
      await look();
    } catch (error) {
      failure.value = error;
    }
  });

/** Areas as a change left them. */
function put(changed: readonly AreaChange[]): void {
  const gone = changed.filter((one) => !one.after).map((one) => one.key);
  gone.forEach((key) => areas.delete(key));
  const fresh = changed.filter((one) => one.after).map((one): Area => {
    const known = areas.get(one.key);
    const { code, name, kind, parent, households, shares_face_of } = one.after as Record<string, never>;
    return { key: one.key, level: one.level, code, name, kind, parent, households, shares_face_of, answers: known?.answers ?? null, geometry: one.geometry };
  });
  fresh.forEach((one) => areas.set(one.key, one));
  show({ put: fresh, gone });
}

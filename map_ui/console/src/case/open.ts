// The case that is open: fetched, kept up with news, acted on. One at a time.
import { computed, ref, shallowRef, watch } from "vue";
import { act, fetchCase } from "../api/cases";
import { onceKey } from "../api/client";
import { Problem, readable } from "../api/problem";
import type { CaseOut } from "../api/wire";
import { language, t, tOr } from "../i18n";
import { clockTime } from "../parts/times";
import { say } from "../parts/toasts";
import { address, go } from "../state/address";
import { order, rows, takeAnswer } from "../state/cases";
import { answered, discard, enqueue, type Queued } from "../state/queue";

export const openId = computed(() => {
  const [, id] = /^\/cases\/(\d+)/.exec(address.path) ?? [];
  return id ? Number(id) : null;
});
export const found = shallowRef<CaseOut | null>(null);
export const failure = ref("");
/** The action whose form is open. */
export const action = ref<string | null>(null);
/** What the form of an action begins with: a refused one comes back with what was typed. */
export const prefill = shallowRef<{ case_id: number; action: string; payload: Record<string, unknown> } | null>(null);
/** What somebody else did since the form was opened. */
export const movedOn = ref("");
export const busy = ref(false);

const KEPT = "citygrid.next";
/** Whether the next case of the list opens once something was done to this one. */
export const goesOn = ref(localStorage.getItem(KEPT) === "on");
watch(goesOn, (on) => localStorage.setItem(KEPT, on ? "on" : "off"));

let asking: AbortController | null = null;

export function open(id: number | null): void {
  go(id === null ? "/cases" : `/cases/${id}`);
}

async function load(id: number): Promise<void> {
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    const answer = await fetchCase(id, mine.signal);
    if (openId.value === id) found.value = answer;
    failure.value = "";
  } catch (error) {
    if (!mine.signal.aborted) failure.value = readable(error);
  }
}

/** The open case as it is after something was done beside its own actions. Quietly: what cannot be had stays as it was. */
export async function reload(): Promise<void> {
  const id = openId.value;
  const answer = id === null ? null : await fetchCase(id).catch(() => null);
  if (answer === null || openId.value !== id) return;
  takeAnswer(answer);
  found.value = answer;
}

let once = onceKey();

/** Does something to the open case. Refused, the form stays as it is; cut off, the action waits in the queue with its once-key. */
export async function submit(name: string, payload: Record<string, unknown>): Promise<boolean> {
  const at = found.value!;
  busy.value = true;
  failure.value = "";
  try {
    const after = nextOf(at.case_id);
    const answer = await act(at.case_id, name, payload, at.version, once);
    once = onceKey();
    takeAnswer(answer);
    if (openId.value === answer.case_id) found.value = answer;
    done();
    say(t("case.done", { action: t(`action.${name}`), number: answer.tracking_number.slice(-6), state: t(`state.${answer.state}`) }));
    if (goesOn.value && after !== undefined && openId.value === at.case_id && name !== "note") open(after);
    return true;
  } catch (error) {
    await refused(error, at, name, payload);
    return false;
  } finally {
    busy.value = false;
  }
}

/** Closes the form. */
export function done(): void {
  action.value = prefill.value = null;
  movedOn.value = "";
}

async function refused(error: unknown, at: CaseOut, name: string, payload: Record<string, unknown>): Promise<void> {
  if (error instanceof Problem && error.unreachable) {
    enqueue({ once, case_id: at.case_id, number: at.tracking_number, action: name, payload, version: at.version });
    once = onceKey();
    done();
    say(t("queue.kept", { action: t(`action.${name}`) }), true);
    return;
  }
  once = onceKey();
  if (error instanceof Problem && error.stale) {
    await load(at.case_id);
    movedOn.value = t("case.moved_on", { what: sinceThen(at.version) || error.message });
  } else failure.value = wordsOf(error);
}

/** Why something was refused, field by field where the service says so. */
export const wordsOf = (error: unknown): string =>
  error instanceof Problem && error.errors.length ? error.errors.map((one) => one.message).join("；") : readable(error);

/** What happened behind a version, in words: a version counts the events before it. */
function sinceThen(version: number): string {
  const later = found.value?.events.slice(version) ?? [];
  return later.map((event) => `${clockTime(event.at)} ${event.actor} ${tOr(`event.${event.kind}`, event.kind)}`).join("；");
}

function nextOf(id: number): number | undefined {
  const at = order.value.indexOf(id);
  return at < 0 ? undefined : order.value[at + 1];
}

/** Opens the case of an action that was refused after waiting, with its form as it was filled in. */
export function takeUp(one: Queued): void {
  prefill.value = { case_id: one.case_id, action: one.action, payload: one.payload };
  discard(one.once);
  if (openId.value === one.case_id) void load(one.case_id).then(show);
  else open(one.case_id);
}
function show(): void {
  const wanted = prefill.value;
  if (!wanted || wanted.case_id !== found.value?.case_id) return;
  if (found.value.allowed.includes(wanted.action)) action.value = wanted.action;
  else failure.value = t("queue.not_any_more", { action: t(`action.${wanted.action}`) });
}

watch(
  openId,
  (id) => {
    found.value = null;
    action.value = null;
    failure.value = movedOn.value = "";
    if (prefill.value?.case_id !== id) prefill.value = null;
    if (id !== null) void load(id).then(show);
  },
  { immediate: true },
);
watch(language, () => openId.value !== null && void load(openId.value));
watch(
  () => answered.last,
  (answer) => answer && answer.case_id === openId.value && (found.value = answer),
);
watch(
  () => (openId.value === null ? 0 : (rows.get(openId.value)?.version ?? 0)),
  (version) => {
    if (found.value && version > found.value.version && !busy.value) {
      if (action.value) movedOn.value = t("case.moved_on_quietly");
      void load(found.value.case_id);
    }
  },
);

// Actions that could not be sent: kept, told apart from what is done, and sent once when the service is there again.
import { computed, shallowReactive, watch } from "vue";
import { act } from "../api/cases";
import { Problem, readable } from "../api/problem";
import type { CaseOut } from "../api/wire";
import { t } from "../i18n";
import { reachable } from "../live";
import { say } from "../parts/toasts";
import { takeAnswer } from "./cases";

export interface Queued {
  /** The once-key it was sent with first: however often it goes out, it happens once. */
  once: string;
  case_id: number;
  number: string;
  action: string;
  payload: Record<string, unknown>;
  version: number;
  state: "waiting" | "sending" | "refused";
  said: string;
}

const KEPT = "citygrid.queue";
const EVERY_MS = 4000;

export const queue = shallowReactive<Queued[]>(restored());
export const queuedFor = computed(() => new Map(queue.map((one) => [one.case_id, one])));
/** Heard by whoever shows the case that an answer is about. */
export const answered = shallowReactive<{ last: CaseOut | null }>({ last: null });

function restored(): Queued[] {
  try {
    return (JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as Queued[]).map((one) => (one.state === "sending" ? { ...one, state: "waiting" } : one));
  } catch {
    return [];
  }
}

function put(once: string, change: Partial<Queued> | null): void {
  const at = queue.findIndex((one) => one.once === once);
  if (at < 0) return;
  if (change) queue.splice(at, 1, { ...queue[at]!, ...change });
  else queue.splice(at, 1);
  keep();
}
function keep(): void {
  sessionStorage.setItem(KEPT, JSON.stringify(queue));
}

export function enqueue(one: Omit<Queued, "state" | "said">): void {
  queue.push({ ...one, state: "waiting", said: "" });
  keep();
}
export const discard = (once: string): void => put(once, null);

let sending = false;

/** Sends what waits, in its order, until the service is gone again. */
export async function flush(): Promise<void> {
  if (sending) return;
  sending = true;
  try {
    for (const one of queue.filter(({ state }) => state === "waiting")) {
      put(one.once, { state: "sending" });
      try {
        const answer = await act(one.case_id, one.action, one.payload, one.version, one.once);
        put(one.once, null);
        takeAnswer(answer);
        answered.last = answer;
        say(t("queue.done", { action: t(`action.${one.action}`), number: one.number.slice(-6) }));
      } catch (error) {
        if (error instanceof Problem && error.unreachable) return put(one.once, { state: "waiting" });
        put(one.once, { state: "refused", said: readable(error) });
      }
    }
  } finally {
    sending = false;
  }
}

watch(reachable, (up) => up && void flush());
setInterval(() => queue.some(({ state }) => state === "waiting") && void flush(), EVERY_MS);
if (queue.length) void flush();

// What stands beside the open case: who else looks at it, its hashes, cases nearby, consultations and whistles.
import { ref, shallowRef, watch } from "vue";
import { fetchCase, fetchNear } from "../api/cases";
import { fetchConsultations, fetchEvents, fetchWhistles, sayClosed, sayViewing, type Consultations, type Whistle } from "../api/desk";
import type { CasesOut, LoggedEvent } from "../api/wire";
import { language } from "../i18n";
import { found, openId } from "./open";
import { circle, metresBetween } from "./near";

export const NEAR_M = 150;
const BEAT_MS = 12_000;

export const viewers = ref<readonly string[]>([]);
export const hashes = shallowRef(new Map<number, LoggedEvent>());
export const near = shallowRef<readonly { row: CasesOut["items"][number]; metres: number }[]>([]);
export const hard = shallowRef<Consultations | null>(null);
export const whistles = shallowRef<readonly Whistle[]>([]);

/** Takes over what comes in while the same case is still open; what cannot be had is left out. */
async function into<T>(id: number, asked: Promise<T>, take: (answer: T) => void): Promise<void> {
  const answer = await asked.catch(() => null);
  if (answer !== null && openId.value === id) take(answer);
}

let looks = 0;
const taken = { hard: 0, whistles: 0 };
/** Looks at the consultations and whistles again. What was asked for earlier never replaces what was asked for later. */
export async function lookAtHard(id: number): Promise<void> {
  const mine = ++looks;
  const newer = (what: "hard" | "whistles"): boolean => mine > taken[what] && (taken[what] = mine) > 0;
  await Promise.all([
    into(id, fetchConsultations(id), (answer) => newer("hard") && (hard.value = answer)),
    into(id, fetchWhistles(id), ({ items }) => newer("whistles") && (whistles.value = items)),
  ]);
}

function look(id: number): void {
  if (!document.hidden) void sayViewing(id).catch(() => undefined);
}
async function beat(): Promise<void> {
  const id = openId.value;
  if (id === null || document.hidden) return;
  look(id);
  await into(id, fetchCase(id), (answer) => (viewers.value = answer.viewers));
}
setInterval(() => void beat(), BEAT_MS);
addEventListener("pagehide", () => openId.value !== null && void sayClosed(openId.value).catch(() => undefined));

watch(openId, (id, before) => {
  if (before != null) void sayClosed(before).catch(() => undefined);
  viewers.value = near.value = whistles.value = [];
  hashes.value = new Map();
  hard.value = null;
  if (id !== null) look(id);
}, { immediate: true });

watch(() => [found.value?.case_id, found.value?.version, language.value] as const, ([id]) => {
  const one = found.value;
  if (id === undefined || !one) return;
  viewers.value = one.viewers;
  void into(id, fetchEvents(id), ({ items }) => (hashes.value = new Map(items.map((event) => [event.position, event]))));
  void lookAtHard(id);
  if (one.lon == null || one.lat == null) return;
  const here = { lon: one.lon, lat: one.lat };
  void into(id, fetchNear(circle(here, NEAR_M)), ({ items }) => {
    const others = items.filter((row) => row.case_id !== id && row.lon != null && row.lat != null);
    near.value = others.map((row) => ({ row, metres: metresBetween(here, { lon: row.lon!, lat: row.lat! }) })).sort((a, b) => a.metres - b.metres);
  });
}, { immediate: true });

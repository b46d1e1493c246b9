// Steps in consultations and whistles beside the open case: whoever works here as the one who takes them, and how they are sent.
import { computed, ref } from "vue";
import { blow, takeStep } from "../api/desk";
import { onceKey } from "../api/client";
import { Problem } from "../api/problem";
import type { components } from "../api/schema";
import { t, tOr } from "../i18n";
import type { Option } from "../parts/Picker.vue";
import { say } from "../parts/toasts";
import { may, me } from "../session";
import { agencyName, vocabulary } from "../state/vocabulary";
import { hard, lookAtHard, whistles } from "./beside";
import { action, busy, done, failure, movedOn, openId, reload, wordsOf } from "./open";
import { inCentre, mayBlow, type Caller } from "./steps";

type Grant = components["schemas"]["GrantOut"];

/** The consultation or whistle that the open form is about; none for a new whistle. */
export const subject = ref<number | null>(null);

const grants = computed(() => ((me.value as { grants?: Grant[] } | null)?.grants ?? []).filter((one) => one.acts_for !== null));
/** Who takes the steps. The demonstration's operator also stands in for a city leader, as in the service. */
export const caller = computed<Caller>(() => {
  if (!may("consult")) return { roles: [], voices: [] };
  const roles = me.value?.roles ?? ["operator"];
  const standsIn = me.value === null || me.value.kind === "demo";
  return { roles: standsIn ? [...roles, "city_leader"] : roles, voices: grants.value.map((one) => one.acts_for!) };
});

/** The streets in whose name somebody may blow a whistle about a case in this state; nobody may where there are none. */
export function streets(state: string): Option[] {
  if (!mayBlow(caller.value, state)) return [];
  if (!inCentre(caller.value)) return grants.value.map((one) => ({ value: one.acts_for!, name: voiceName(one) }));
  const all = vocabulary.value?.agencies ?? [];
  const ofStreets = all.filter((one) => one.level === "street");
  return (ofStreets.length ? ofStreets : all).map((one) => ({ value: one.owner, name: one.name }));
}
function voiceName({ acts_for: voice, role, area_name: area }: Grant): string {
  const known = agencyName(voice!);
  return known === voice ? `${area ?? ""} ${tOr(`role.${role}`, role)}`.trim() : known;
}

/** Opens the form of a step, or closes it. */
export function choose(name: string, about: number | null = null): void {
  const isOpen = action.value === name && subject.value === about;
  failure.value = movedOn.value = "";
  subject.value = about;
  action.value = isOpen ? null : name;
}

let tried = { said: "", once: "" };

/** Takes the step whose form is open. Refused or cut off, the form stays as it is; the same said again after a cut happens once. */
export async function send(name: string, payload: Record<string, unknown>): Promise<void> {
  const id = openId.value!;
  const said = JSON.stringify([name, id, subject.value, payload]);
  if (said !== tried.said) tried = { said, once: onceKey() };
  busy.value = true;
  failure.value = movedOn.value = "";
  try {
    await sent(name, id, payload, tried.once);
    tried.said = "";
    say(t("hard.done", { action: t(`action.${name}`) }));
    await Promise.all([lookAtHard(id), reload()]);
    done();
  } catch (error) {
    if (!(error instanceof Problem && error.unreachable)) tried.said = "";
    if (error instanceof Problem && error.stale) {
      await Promise.all([lookAtHard(id), reload()]);
      movedOn.value = t("case.moved_on", { what: error.message });
    } else failure.value = wordsOf(error);
  } finally {
    busy.value = false;
  }
}

async function sent(name: string, id: number, payload: Record<string, unknown>, once: string): Promise<void> {
  const about = subject.value;
  if (about === null) return blow({ ...payload, case_id: id }, once);
  const [kind, verb] = name.split(".") as [string, string];
  const seen = kind === "whistle" ? whistles.value.find((one) => one.whistle_id === about) : hard.value?.items.find((one) => one.consultation_id === about);
  return takeStep(kind === "whistle" ? "whistles" : "consultations", about, verb, payload, seen!.version, once);
}

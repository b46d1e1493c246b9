// What others wait for from whoever works here, mostly on cases that are not their own: an opinion in a consultation, an answer to a whistle.
import { computed, shallowRef, watch } from "vue";
import { fetchAsked, fetchCalled } from "../api/desk";
import { language } from "../i18n";
import { now } from "../parts/times";
import { hard, whistles } from "./beside";
import { caller } from "./consulting";
import { inCentre } from "./steps";

/** caseId: none for a whistle about no case. from: who convened or called. */
export interface Asked {
  key: string;
  kind: "opinion" | "report_in";
  caseId: number | null;
  what: string;
  from: string;
  until: string;
}

const EVERY_S = 60;

/** What somebody acts for, outside the centre: the centre speaks for everybody and is asked for nothing. */
const voices = computed(() => (inCentre(caller.value) ? [] : caller.value.voices));
const known = shallowRef<readonly Asked[]>([]);

/** What is still in time, the most urgent first. */
export const asked = computed(() => known.value.filter((one) => Date.parse(one.until) > now.value * 1000));

async function askedOf(voice: string): Promise<Asked[]> {
  const [meetings, called] = await Promise.all([fetchAsked(voice), fetchCalled(voice)]);
  return [
    ...meetings.items.map((one): Asked => ({ key: `c${one.consultation_id}`, kind: "opinion", caseId: one.case_id, what: one.why, from: one.lead_name ?? one.lead, until: one.opinions_due_at })),
    ...called.items.map((one): Asked => ({ key: `w${one.whistle_id}`, kind: "report_in", caseId: one.case_id, what: one.about, from: one.street_name ?? one.street, until: one.due_at })),
  ];
}

let looks = 0;
let lookedAt = 0;
async function look(): Promise<void> {
  const mine = ++looks;
  lookedAt = Date.now();
  const found = await Promise.all(voices.value.map(askedOf)).catch(() => null); // the service is away: what was known stays
  if (found === null || mine !== looks) return;
  const each = new Map(found.flat().map((one) => [one.key, one]));
  known.value = [...each.values()].sort((a, b) => Date.parse(a.until) - Date.parse(b.until));
}

watch([() => voices.value.join(), language, hard, whistles], () => void (voices.value.length ? look() : (known.value = [])), { immediate: true });
watch(now, () => voices.value.length && Date.now() - lookedAt > EVERY_S * 1000 && void look());

// Instants and spans as a person reads them, in the city's time.
import { computed, ref } from "vue";
import { language, t } from "../i18n";
import { timezone } from "../state/vocabulary";

/** Seconds since 1970, moving on every half minute: what spans are counted from. */
export const now = ref(Date.now() / 1000);
if (typeof window !== "undefined") setInterval(() => (now.value = Date.now() / 1000), 30_000);

const format = computed(
  () => new Intl.DateTimeFormat(language.value, { timeZone: timezone.value, month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false }),
);

export const clockTime = (at: string | number): string => format.value.format(typeof at === "number" ? at * 1000 : Date.parse(at)).replace(",", "");

/** 3 d 4 h, 5 h 20 min, 12 min. */
export function span(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days >= 10) return t("span.days", { days });
  if (days) return t("span.days_hours", { days, hours });
  return hours ? t("span.hours_minutes", { hours, minutes: rest }) : t("span.minutes", { minutes: rest });
}

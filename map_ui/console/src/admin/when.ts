// Instants of the records, with their year, in the city's time.
import { computed } from "vue";
import { language } from "../i18n";
import { timezone } from "../state/vocabulary";

const format = computed(() => new Intl.DateTimeFormat(language.value === "en" ? "en-GB" : "zh-CN", { timeZone: timezone.value, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false }));

export const when = (at: string): string => format.value.format(Date.parse(at)).replace(",", "");

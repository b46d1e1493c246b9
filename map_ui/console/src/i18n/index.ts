// Two flat files of texts with the same keys, and the text of a key in the language of the moment.
import { ref, watchEffect } from "vue";
import en from "./en.json";
import zh from "./zh-CN.json";

export type Language = "zh-CN" | "en";
const TEXTS: Record<Language, Record<string, string>> = { "zh-CN": zh, en };
const KEPT = "citygrid.language";

function chosen(): Language {
  const said = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEPT);
  return said === "en" || said === "zh-CN" ? said : "zh-CN";
}

export const language = ref<Language>(typeof location === "undefined" ? "zh-CN" : chosen());

if (typeof document !== "undefined") {
  watchEffect(() => {
    document.documentElement.lang = language.value;
    localStorage.setItem(KEPT, language.value);
  });
}

/** The text of a key; `{name}` in it is replaced. A key nobody wrote shows as itself. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const text = TEXTS[language.value][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** The text of a key that the service may have made up, or what else to show. */
export function tOr(key: string, otherwise: string): string {
  return TEXTS[language.value][key] ?? otherwise;
}

export const count = (value: number): string => value.toLocaleString(language.value);

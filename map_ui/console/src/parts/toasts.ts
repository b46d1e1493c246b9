// What was just done, said once and gone again; read out to whoever cannot see it.
import { shallowReactive } from "vue";

export interface Toast {
  key: number;
  text: string;
  bad: boolean;
  /** What may still be done about it. */
  then?: { text: string; run: () => void };
}
export const toasts = shallowReactive<Toast[]>([]);
let next = 1;

export function say(text: string, bad = false, then?: Toast["then"]): void {
  const toast = { key: next++, text, bad, then };
  toasts.push(toast);
  setTimeout(() => drop(toast), then ? 15_000 : bad ? 9000 : 4500);
}

export function drop(toast: Toast): void {
  const at = toasts.indexOf(toast);
  if (at >= 0) toasts.splice(at, 1);
}

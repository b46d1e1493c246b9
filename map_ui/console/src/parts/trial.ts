// A file that is brought in: tried first, every bad row told, then, told to, done. Another file or setting begins anew.
import { computed, ref, type Ref } from "vue";
import { Problem, readable } from "../api/problem";
import { language } from "../i18n";

export interface BadRow { row?: number; column?: string; value?: string; code: string; message: string; zh?: string; en?: string }
export const ENCODINGS = ["utf-8", "gbk"];
export const isCsvFile = (file: File | null): boolean => /\.(csv|txt)$/i.test(file?.name ?? "");
export const inLanguage = (one: BadRow): string => (language.value === "en" ? one.en : one.zh) ?? one.message;

/** bringIn: sends the file, without effect unless told to commit; `seen` is what a trial before it came to. done: after it was committed. */
export function useTrial<T>(bringIn: (file: File, commit: boolean, seen: T | null) => Promise<T>, done: (answer: T) => void) {
  const file = ref<File | null>(null);
  const seen = ref(null) as Ref<T | null>;
  const rows = ref<BadRow[]>([]);
  const failure = ref("");
  const busy = ref(false);
  const isCsv = computed(() => isCsvFile(file.value));

  function forget(): void {
    [seen.value, rows.value, failure.value] = [null, [], ""];
  }
  function choose(event: Event): void {
    file.value = (event.target as HTMLInputElement).files?.[0] ?? null;
    forget();
  }
  async function send(commit: boolean): Promise<void> {
    if (busy.value || !file.value) return;
    const before = seen.value;
    forget();
    busy.value = true;
    try {
      const answer = await bringIn(file.value, commit, before);
      if (commit) done(answer);
      else seen.value = answer;
    } catch (error) {
      failure.value = readable(error);
      if (error instanceof Problem) rows.value = error.errors.filter((one) => one.row !== undefined) as BadRow[];
    } finally {
      busy.value = false;
    }
  }
  return { file, seen, rows, failure, busy, isCsv, forget, choose, send };
}

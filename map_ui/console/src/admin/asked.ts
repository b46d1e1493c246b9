// What a part of the page was answered: fetched at once and again whenever what it depends on changes; the last question wins.
import { ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from "vue";
import { readable } from "../api/problem";
import { language } from "../i18n";

export interface Asked<T> {
  data: ShallowRef<T | null>;
  failure: Ref<string>;
  busy: Ref<boolean>;
  again: () => Promise<void>;
}

export function useAsked<T>(fetch: () => Promise<T>, ...when: WatchSource[]): Asked<T> {
  const data = shallowRef<T | null>(null);
  const [failure, busy] = [ref(""), ref(false)];
  let last = 0;
  async function again(): Promise<void> {
    const mine = ++last;
    [failure.value, busy.value] = ["", true];
    try {
      const found = await fetch();
      if (mine === last) data.value = found;
    } catch (error) {
      if (mine === last) failure.value = readable(error);
    } finally {
      if (mine === last) busy.value = false;
    }
  }
  watch([language, ...when], () => void again(), { immediate: true });
  return { data, failure, busy, again };
}

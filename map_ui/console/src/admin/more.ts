// A list that is fetched page by page: what was fetched so far, and the next page on demand.
import { ref, shallowRef, watch, type WatchSource } from "vue";
import { readable } from "../api/problem";
import { language } from "../i18n";
import type { Paged } from "./wire";

export function usePages<T, Next = number>(fetch: (after: Next | undefined) => Promise<Paged<T, Next>>, ...when: WatchSource[]) {
  const items = shallowRef<T[] | null>(null);
  const next = shallowRef<Next | null>(null);
  const total = ref<number>();
  const failure = ref("");
  let last = 0;
  async function load(after?: Next): Promise<void> {
    const mine = ++last;
    failure.value = "";
    try {
      const found = await fetch(after);
      if (mine !== last) return;
      items.value = after === undefined ? found.items : [...(items.value ?? []), ...found.items];
      [next.value, total.value] = [found.next, found.total];
    } catch (error) {
      if (mine === last) failure.value = readable(error);
    }
  }
  const again = () => load();
  const more = () => load(next.value ?? undefined);
  watch([language, ...when], again, { immediate: true });
  return { items, next, total, failure, again, more };
}

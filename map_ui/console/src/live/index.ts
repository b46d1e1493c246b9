// What the page hears of the city: joins the shared subscription and says how the connection is.
import { ref } from "vue";
import { language } from "../i18n";
import type { News, Status } from "./feed";
import { Hub, type ToHub } from "./hub";

export type { Batch, LiveCase, News } from "./feed";

/** How the page hears of changes; null before it does. */
export const connection = ref<Status | null>(null);
/** Whether the last request reached the service. */
export const reachable = ref(true);

let say: ((said: ToHub) => void) | null = null;
let listener: (news: News) => void = () => undefined;

function hear(news: News): void {
  if (news.kind === "status") {
    connection.value = news.status;
    reachable.value = news.status !== "lost";
  }
  listener(news);
}

function open(): (said: ToHub) => void {
  if (typeof SharedWorker === "undefined") {
    const hub = new Hub();
    const port = { postMessage: hear };
    return (said) => hub.hear(port, said);
  }
  const worker = new SharedWorker(new URL("./worker.ts", import.meta.url), { type: "module", name: "citygrid-live" });
  worker.port.onmessage = ({ data }: MessageEvent<News>) => hear(data);
  addEventListener("pagehide", () => worker.port.postMessage({ kind: "bye" }));
  return (said) => worker.port.postMessage(said);
}

/** Hears everything behind a position of the city's log. Called again, it goes on from there. */
export function listen(position: number, hand: (news: News) => void): void {
  listener = hand;
  say ??= open();
  say({ kind: "start", position, language: language.value });
}

/** Told by session/ after somebody signed in again. */
export function wake(): void {
  say?.({ kind: "wake" });
}

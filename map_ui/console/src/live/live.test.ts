import { expect, test, vi } from "vitest";
import type { News } from "./feed";
import { Hub, type Port } from "./hub";
import { reader, type Message } from "./sse";

test("messages come whole however the bytes are cut; heartbeats are silent", () => {
  const text = "id: 7\nevent: batch\ndata: {\"a\":1}\n\n: still here\n\ndata: x\r\ndata: y\r\n\r\n";
  for (const size of [1, 2, 5, 100]) {
    const got: Message[] = [];
    const take = reader((message) => got.push(message));
    for (let at = 0; at < text.length; at += size) take(text.slice(at, at + size));
    expect(got).toEqual([
      { id: "7", event: "batch", data: '{"a":1}' },
      { id: "7", event: "message", data: "x\ny" },
    ]);
  }
});

const batch = (position: number) => ({ position, cases: [], kinds: {} });

test("nine tabs, one subscription; a tab that comes later misses nothing", async () => {
  const asked: string[] = [];
  let position = 5;
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    if (url.startsWith("/api/v1/events")) return new Response("", { status: 404 });
    return Response.json({ ...batch(++position) });
  });
  const hub = new Hub();
  const tabs = Array.from({ length: 9 }, () => ({ news: [] as News[], postMessage(news: News) { this.news.push(news); } }));
  tabs.slice(0, 8).forEach((tab) => hub.hear(tab, { kind: "start", position: 5, language: "en" }));
  await vi.waitFor(() => expect(tabs[0]!.news.some((one) => one.kind === "batch")).toBe(true));
  hub.hear(tabs[8]!, { kind: "start", position: 5, language: "en" });
  expect(tabs[8]!.news.filter((one) => one.kind === "batch")).toEqual([{ kind: "batch", batch: batch(6) }]);
  expect(asked.filter((url) => url.startsWith("/api/v1/events"))).toHaveLength(1);
  expect(asked.filter((url) => url.includes("changes"))).toHaveLength(1);
  const late = { news: [] as News[], postMessage(news: News) { this.news.push(news); } };
  hub.hear(late, { kind: "start", position: 2, language: "en" });
  expect(late.news[0]).toEqual({ kind: "reset" });
  hub.hear(late, { kind: "bye" });
  tabs.forEach((tab) => hub.hear(tab, { kind: "bye" }));
  vi.unstubAllGlobals();
});

test("a page that leaves as the next comes is one subscription, not two", async () => {
  const open = new Set<string>();
  let asked = 0;
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => {
    const name = `stream ${++asked}`;
    open.add(name);
    const body = new ReadableStream({ start: (to) => signal!.addEventListener("abort", () => (open.delete(name), to.error(new DOMException("", "AbortError")))) });
    return Promise.resolve(new Response(body));
  });
  const hub = new Hub();
  const [one, next] = [0, 1].map(() => ({ news: [] as News[], postMessage(news: News) { this.news.push(news); } })) as [{ news: News[] } & Port, { news: News[] } & Port];
  hub.hear(one, { kind: "start", position: 5, language: "en" });
  await vi.waitFor(() => expect(one.news).toContainEqual({ kind: "status", status: "live" }));
  hub.hear(one, { kind: "bye" });
  hub.hear(next, { kind: "start", position: 5, language: "en" });
  await new Promise((done) => setTimeout(done, 1200)); // longer than the first wait after a failure
  expect([...open]).toEqual(["stream 2"]);
  expect(next.news).not.toContainEqual({ kind: "status", status: "lost" });
  hub.hear(next, { kind: "bye" });
  vi.unstubAllGlobals();
});

test("a stream that breaks right after it began is asked for less and less often", async () => {
  vi.useFakeTimers();
  let asked = 0;
  vi.stubGlobal("fetch", () => (asked++, Promise.resolve(new Response(new ReadableStream({ start: (to) => to.error(new TypeError("network error")) })))));
  const hub = new Hub();
  const tab = { postMessage: () => undefined };
  hub.hear(tab, { kind: "start", position: 5, language: "en" });
  await vi.advanceTimersByTimeAsync(8000);
  expect(asked).toBe(4); // at 0, 0.5, 1.5 and 3.5 s
  hub.hear(tab, { kind: "bye" });
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

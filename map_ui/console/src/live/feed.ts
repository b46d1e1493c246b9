// The one subscription: the service's stream, resumed behind the last position; where there is no stream, it asks every few seconds.
import { reader, type Message } from "./sse";

export interface Batch {
  position: number;
  cases: LiveCase[];
  kinds: Record<string, string[]>;
}
/** A case as the stream tells it: a list's row without names, or only that it left what the caller may see. */
export interface LiveCase {
  case_id: number;
  left?: boolean;
  [field: string]: unknown;
}
export type Status = "live" | "polling" | "lost" | "refused";
export type News =
  | { kind: "batch"; batch: Batch }
  | { kind: "status"; status: Status }
  | { kind: "reset" }
  | { kind: "generation"; generation: number };

const POLL_MS = 2000;
const SILENCE_MS = 40_000;
/** A stream that held so long was no failure; one that ends right after it began is asked for less and less often. */
const STEADY_MS = 5000;
const BACKOFF_MS = [500, 1000, 2000, 5000, 10_000];

export class Feed {
  position = -1;
  private failures = 0;
  private stopping: AbortController | null = null;

  constructor(
    private readonly hand: (news: News) => void,
    private language: string,
  ) {}

  /** Starts behind a position, or wakes a feed that waits. */
  start(position: number, language: string): void {
    this.language = language;
    if (this.position < 0) this.position = position;
    if (this.stopping) return;
    this.stopping = new AbortController();
    void this.run(this.stopping.signal);
  }

  stop(): void {
    this.stopping?.abort();
    this.stopping = null;
  }

  /** stopped: of this run alone; started again at once, the next run has its own, and the one before still ends. */
  private async run(stopped: AbortSignal): Promise<void> {
    let streams = true;
    while (!stopped.aborted) {
      const began = Date.now();
      try {
        streams = streams && (await this.follow(stopped));
        if (!streams) await this.poll(stopped);
      } catch {
        if (stopped.aborted) return;
        this.hand({ kind: "status", status: "lost" });
      }
      if (Date.now() - began > STEADY_MS) this.failures = 0;
      await pause(streams || this.failures ? BACKOFF_MS[Math.min(this.failures++, BACKOFF_MS.length - 1)]! : POLL_MS, stopped);
    }
  }

  /** Follows the stream until it ends; false when the service has none. */
  private async follow(stopped: AbortSignal): Promise<boolean> {
    const ending = new AbortController();
    stopped.addEventListener("abort", () => ending.abort(), { once: true });
    const headers = { Accept: "text/event-stream", "Accept-Language": this.language, "Last-Event-ID": String(this.position) };
    const response = await fetch(`/api/v1/events?after=${this.position}`, { headers, signal: ending.signal, credentials: "same-origin" });
    if (response.status === 404 || response.status === 501) return false;
    if (this.wasRefused(response) || !response.ok || !response.body) throw new Error(String(response.status));
    this.hand({ kind: "status", status: "live" });
    const take = reader((message) => this.take(message));
    const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const silence = setTimeout(() => ending.abort(), SILENCE_MS);
      const { value, done } = await chunks.read().finally(() => clearTimeout(silence));
      if (done) return true;
      take(value);
    }
  }

  private take(message: Message): void {
    const data = JSON.parse(message.data) as Batch & { generation: number };
    if (message.event === "reset") {
      this.position = data.position;
      this.hand({ kind: "reset" });
    } else if (message.event === "generation") this.hand({ kind: "generation", generation: data.generation });
    else if (message.event === "batch") this.batch(data);
  }

  private async poll(stopped: AbortSignal): Promise<void> {
    const headers = { "Accept-Language": this.language };
    const response = await fetch(`/api/v1/console/changes?after=${this.position}`, { headers, signal: stopped });
    if (this.wasRefused(response) || !response.ok) throw new Error(String(response.status));
    this.failures = 0;
    this.hand({ kind: "status", status: "polling" });
    const data = (await response.json()) as Batch & { reset: boolean };
    if (data.reset) {
      this.position = data.position;
      this.hand({ kind: "reset" });
    } else if (data.position > this.position) this.batch(data);
  }

  private batch(batch: Batch): void {
    this.position = Math.max(this.position, batch.position);
    this.hand({ kind: "batch", batch });
  }

  private wasRefused(response: Response): boolean {
    const refused = response.status === 401 || response.status === 403;
    if (refused) this.hand({ kind: "status", status: "refused" });
    return refused;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
}

// One feed for many tabs. Each tab says up to where it has read; what it missed since is told again, or it is told to start over.
import { Feed, type Batch, type News, type Status } from "./feed";

export type ToHub = { kind: "start"; position: number; language: string } | { kind: "wake" } | { kind: "bye" };
export interface Port {
  postMessage(news: News): void;
}

const KEPT = 500;

export class Hub {
  private readonly ports = new Set<Port>();
  private readonly recent: Batch[] = [];
  private reach = -1;
  private status: Status | null = null;
  private readonly feed: Feed;

  constructor(language = "zh-CN") {
    this.feed = new Feed((news) => this.spread(news), language);
  }

  hear(port: Port, said: ToHub): void {
    if (said.kind === "bye") {
      this.ports.delete(port);
      if (!this.ports.size) this.feed.stop();
    } else if (said.kind === "wake") this.feed.start(this.feed.position, "");
    else this.join(port, said);
  }

  private join(port: Port, said: { position: number; language: string }): void {
    this.ports.add(port);
    if (this.reach < 0) this.reach = said.position;
    if (said.position < this.reach) port.postMessage({ kind: "reset" });
    else for (const batch of this.recent) if (batch.position > said.position) port.postMessage({ kind: "batch", batch });
    if (this.status) port.postMessage({ kind: "status", status: this.status });
    this.feed.start(said.position, said.language);
  }

  private spread(news: News): void {
    if (news.kind === "status") this.status = news.status;
    if (news.kind === "batch") {
      this.recent.push(news.batch);
      if (this.recent.length > KEPT) this.reach = this.recent.shift()!.position;
    }
    if (news.kind === "reset") {
      this.recent.length = 0;
      this.reach = this.feed.position;
    }
    for (const port of this.ports) port.postMessage(news);
  }
}

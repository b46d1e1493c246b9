/// <reference lib="webworker" />
// Runs once for all tabs of the browser: nine tabs, one subscription.
import { Hub, type ToHub } from "./hub";

const hub = new Hub();
(self as unknown as SharedWorkerGlobalScope).onconnect = ({ ports: [port] }) => {
  port!.onmessage = ({ data }: MessageEvent<ToHub>) => hub.hear(port!, data);
};

// Urgent news: a badge in the page's title, and a sound for whoever switched it on.
import { ref, watch } from "vue";
import type { Batch } from "../live";

const KEPT = "citygrid.sound";
export const sound = ref(localStorage.getItem(KEPT) === "on");
/** Urgent cases that came in while the page was not looked at. */
export const unseen = ref(0);

watch(sound, (on) => {
  localStorage.setItem(KEPT, on ? "on" : "off");
  if (on) ring();
});
document.addEventListener("visibilitychange", () => document.hidden || (unseen.value = 0));

export function announce(batch: Batch): void {
  const urgent = batch.cases.filter(
    (one) => (one.urgency === "urgent" || one.urgency === "emergency") && batch.kinds[String(one.case_id)]?.includes("received"),
  );
  if (!urgent.length) return;
  if (document.hidden) unseen.value += urgent.length;
  if (sound.value) ring();
}

function ring(): void {
  const audio = new AudioContext();
  for (const [pitch, at] of [
    [880, 0],
    [660, 0.18],
  ] as const) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0.15, audio.currentTime + at);
    gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.16);
    tone.connect(gain).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.17);
  }
  setTimeout(() => void audio.close(), 600);
}

import { expect, it } from "vitest";
import { put, stampFrom, Taken, type Sheet } from "./stamps";

const sheet = (): Sheet => ({ width: 4, height: 3, pixels: new Uint32Array(12) });

it("puts a stamp around its middle and cuts off what lies outside", () => {
  const one = sheet();
  put(one, stampFrom(2, new Uint32Array(4).fill(0xff0000ff)), 0, 0);
  expect([...one.pixels].map((pixel) => (pixel ? 1 : 0))).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  put(one, stampFrom(2, new Uint32Array(4).fill(0xff0000ff)), 3, 2);
  expect(one.pixels.reduce((total, pixel) => total + (pixel ? 1 : 0), 0)).toBe(5);
});

it("mixes a soft edge with what is below, and leaves what is clear alone", () => {
  const one = sheet();
  one.pixels[5] = 0xff000000;
  put(one, stampFrom(1, Uint32Array.of(0x800000ff)), 1.5, 1.5);
  expect(one.pixels[5]! & 255).toBe(128);
  expect(one.pixels[5]! >>> 24).toBe(255);
  put(one, stampFrom(1, Uint32Array.of(0x00ffffff)), 1.5, 1.5);
  expect(one.pixels[5]! & 255).toBe(128);
});

it("knows what is covered exactly", () => {
  const taken = new Taken(10, 10);
  expect([taken.take(4, 4), taken.take(5, 5), taken.take(6, 5)]).toEqual([true, false, true]);
});

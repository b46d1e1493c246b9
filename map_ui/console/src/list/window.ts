// Which rows of a long list are drawn: those in view and a few beside. Pure.
export interface Span {
  from: number;
  to: number;
}

export function visible(total: number, rowHeight: number, top: number, height: number, beside = 6): Span {
  const from = Math.max(0, Math.floor(top / rowHeight) - beside);
  return { from: Math.min(from, total), to: Math.min(total, Math.ceil((top + height) / rowHeight) + beside) };
}

/** Where to scroll so that a row is in view; the same place when it is. */
export function scrolledTo(row: number, rowHeight: number, top: number, height: number): number {
  if (row * rowHeight < top) return row * rowHeight;
  return Math.max(top, (row + 1) * rowHeight - height);
}

// A comparison: what its two maps share. A change is an entry of the list and, at each side, the area it happened to (-1: none there).
'use strict';
Citygrid.Compare = {
  sides: [],
  changes: null,
  kinds: [],
  off: new Set(),
  otherBorder: true,
  chosen: -1,
  hovered: [-1, -1],
  waiting: false,

  open() {
    const { data, page, Shapes, Ground } = Citygrid, first = data.before.code.length;
    Ground.open(data.ground || {});
    Shapes.read(data);
    this.changes = data.changes;
    this.kinds = page.kinds;
    this.kinds.forEach((kind, number) => kind.shown || this.off.add(number));
    const layers = page.layers.filter((layer) => layer.drawer === 'areas');
    this.sides = [
      new Citygrid.Side('before', Citygrid.before, data.before, data.rings.slice(0, first), layers),
      new Citygrid.Side('after', Citygrid.map, data.after, data.rings.slice(first), layers),
    ];
    this.sides.forEach((side, number) => side.open(this.sides[1 - number]));
    Citygrid.CompareLink.open(this.sides);
    Citygrid.CompareLegend.open();
    Citygrid.CompareList.open();
  },

  count() {
    return this.changes.code.length;
  },

  text(column, change) {
    return Citygrid.cell(this.changes[column], change);
  },

  kind(change) {
    return this.kinds[this.changes.kind[change]];
  },

  shown(change) {
    return !this.off.has(this.changes.kind[change]);
  },

  switchKind(number, on) {
    if (on) this.off.delete(number);
    else this.off.add(number);
    if (this.chosen >= 0 && !this.shown(this.chosen)) this.chosen = -1;
    Citygrid.CompareList.look();
    this.redraw();
  },

  /** Chooses a change (-1 for none); `zoom` brings both maps there. */
  choose(change, zoom) {
    this.chosen = change;
    Citygrid.CompareList.mark();
    const bounds = zoom && change >= 0 ? this.bounds(change) : null;
    if (bounds) Citygrid.map.fitBounds(bounds, { padding: [70, 70], maxZoom: 17.5, animate: false });
    this.remark();
  },

  /** Where a change is to be looked at: its areas on both sides, or what they lie in when they have no shape. */
  bounds(change) {
    let all = null;
    for (const side of this.sides) {
      let row = side.rows[change];
      while (row >= 0 && !side.shapes.bounds(row)) row = side.shapes.areas.parent[row];
      const one = row >= 0 ? side.shapes.bounds(row) : null;
      if (one) all = all ? all.extend(one) : one;
    }
    return all;
  },

  redraw() {
    if (!this.sides.length || this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.repaint();
      Citygrid.Panel.refresh();
    });
  },

  repaint() {
    for (const side of this.sides) side.repaint();
  },

  remark() {
    for (const side of this.sides) side.remark();
  },
};

// One of the two maps: unchanged borders in grey, changed areas hatched and outlined, the other side's borders dashed.
'use strict';
Citygrid.Side = class {
  constructor(key, map, columns, rings, layers) {
    this.key = key;
    this.map = map;
    this.shapes = Object.create(Citygrid.Shapes);
    this.shapes.take({ ...columns, rings }, layers);
    this.shapes.labelColour = (row) => this.labelColour(row);
    this.rows = Citygrid.data.changes[key];
    this.changesAt = new Map();
    this.rows.forEach((row, change) => row >= 0 && this.changesAt.set(row, [...(this.changesAt.get(row) || []), change]));
    this.rowOfCode = new Map(columns.code.map((code, row) => [code, row]));
    this.cursor = null;
    this.patterns = new Map();
  }

  open(other) {
    this.other = other;
    this.movedArcs = Array.from(this.rows, (row, change) => this.goneArcs(change));
    this.sheet = new Citygrid.Sheet((frame) => this.paint(frame)).addTo(this.map);
    this.pointer = new Citygrid.Sheet((frame) => this.paintMarked(frame)).addTo(this.map);
    this.pointer.getElement().classList.add('pointer');
    const caption = L.control({ position: 'topleft' });
    const heading = this.key === 'before' ? Citygrid.page.before : Citygrid.page.heading;
    caption.onAdd = () => Citygrid.make('div', { class: `caption ${this.key}` },
      Citygrid.make('strong', {}, Citygrid.say(`compare.${this.key}`)), Citygrid.make('span', {}, Citygrid.Panel.facts(heading)));
    caption.addTo(this.map);
    this.map.getContainer().setAttribute('aria-label', `${Citygrid.say(`compare.${this.key}`)} · ${Citygrid.say('map')}`);
  }

  repaint() {
    this.sheet.redraw();
    this.pointer.redraw();
  }

  remark() {
    this.pointer.redraw();
  }

  arcsOf(row) {
    const arcs = new Set();
    if (row >= 0) for (const ring of this.shapes.areas.rings[row]) for (const signed of ring) arcs.add(signed < 0 ? ~signed : signed);
    return arcs;
  }

  /** Pieces of a change's border on the other side that are not border of it here; only where ground was won or lost. */
  goneArcs(change) {
    if (!['added', 'retired', 'reshaped'].includes(Citygrid.Compare.kind(change).kind)) return [];
    const here = this.arcsOf(this.rows[change]);
    return [...this.other.arcsOf(this.other.rows[change])].filter((arc) => !here.has(arc));
  }

  /** The first change of an area that is switched on, or -1. */
  change(row) {
    return (this.changesAt.get(row) || []).find((change) => Citygrid.Compare.shown(change)) ?? -1;
  }

  labelColour(row) {
    const change = this.change(row);
    return change < 0 ? '#4d565e' : Citygrid.Compare.kind(change).colour;
  }

  /** Changes to draw at this side now, those large enough to be seen and the specks; last kinds first and coarse ones before fine ones, so that what matters most lies on top. */
  visible(frame) {
    const { changes } = Citygrid.Compare, { areas, boxes } = this.shapes, found = [];
    this.rows.forEach((row, change) => {
      if (row < 0 || !Citygrid.Compare.shown(change)) return;
      const drawn = this.shapes.shapeRow(row);
      if (areas.rings[drawn].length && Citygrid.Picture.inView(frame, boxes, drawn)) found.push([change, drawn, areas.finest[row] === 1]);
    });
    found.sort((a, b) => a[2] - b[2] || changes.kind[b[0]] - changes.kind[a[0]] || b[0] - a[0]);
    const wide = (at) => Math.max(boxes[at + 2] - boxes[at], boxes[at + 3] - boxes[at + 1]) * frame.scale;
    return { large: found.filter(([, row]) => wide(row * 4) > 9), specks: found.filter(([, row]) => !(wide(row * 4) > 9)) };
  }

  paint(frame) {
    const labels = new Citygrid.Labels(frame), { large, specks } = this.visible(frame);
    Citygrid.Ground.paint(frame, labels, true);
    this.fill(frame, large);
    Citygrid.Ground.paint(frame, labels, false);
    this.shapes.paint(frame, labels);
    if (Citygrid.Compare.otherBorder) this.paintOther(frame);
    this.outline(frame, large);
    this.dots(frame, specks);
    labels.paint();
    // On paper an empty sheet above is white: there the marks are part of the picture.
    if (document.body.classList.contains('printing')) this.paintMarked(frame);
  }

  fill(frame, large) {
    const { pen } = frame;
    for (const [change, row, fine] of large) {
      const kind = Citygrid.Compare.kind(change), faint = kind.hatch === 'none';
      pen.beginPath();
      this.shapes.traceShape(frame, row);
      pen.fillStyle = kind.colour;
      pen.globalAlpha = faint ? 0.05 : fine ? kind.hatch === 'solid' ? 0.26 : 0.13 : 0.06;
      pen.fill('evenodd');
      pen.globalAlpha = 1;
      if (!fine || faint || kind.hatch === 'solid') continue;
      pen.fillStyle = this.pattern(pen, kind);
      pen.fill('evenodd');
    }
  }

  pattern(pen, kind) {
    const ratio = pen.getTransform().a, key = `${kind.kind} ${ratio}`;
    if (!this.patterns.has(key)) {
      const tile = document.createElement('canvas'), size = Citygrid.Side.TILE;
      tile.width = tile.height = size * ratio;
      const brush = tile.getContext('2d');
      brush.setTransform(ratio, 0, 0, ratio, 0, 0);
      brush.strokeStyle = brush.fillStyle = kind.colour;
      brush.lineWidth = 1.3;
      brush.globalAlpha = 0.75;
      const path = new Path2D(Citygrid.Side.HATCHES[kind.hatch]);
      if (kind.hatch === 'dots') brush.fill(path);
      else brush.stroke(path);
      const made = pen.createPattern(tile, 'repeat');
      made.setTransform(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]));
      this.patterns.set(key, made);
    }
    return this.patterns.get(key);
  }

  outline(frame, large) {
    const { pen } = frame;
    for (const [change, row, fine] of large) {
      const kind = Citygrid.Compare.kind(change), width = kind.hatch === 'none' ? 1.4 : fine ? 1.8 : 2.8;
      pen.beginPath();
      this.shapes.traceShape(frame, row);
      pen.setLineDash([]);
      pen.strokeStyle = '#ffffffd0';
      pen.lineWidth = width + 1.6;
      pen.stroke();
      pen.setLineDash(kind.dash);
      pen.strokeStyle = kind.colour;
      pen.lineWidth = width;
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  paintOther(frame) {
    const { pen } = frame, { Picture, Compare } = Citygrid, { shapes } = this;
    this.movedArcs.forEach((arcs, change) => {
      if (!arcs.length || !Compare.shown(change)) return;
      const seen = arcs.filter((arc) => Picture.inView(frame, shapes.arcBoxes, arc));
      if (!seen.length) return;
      pen.beginPath();
      for (const arc of seen) Picture.trace(frame, shapes.xy, shapes.starts[arc], shapes.starts[arc + 1], false, false);
      pen.strokeStyle = '#ffffffd0';
      pen.lineWidth = 3.2;
      pen.stroke();
      pen.setLineDash([4, 4]);
      pen.strokeStyle = Compare.kind(change).colour;
      pen.lineWidth = 1.6;
      pen.stroke();
      pen.setLineDash([]);
    });
  }

  /** From afar a changed micro-grid is a speck: a dot says that something changed here. Rims first, so that none covers a dot. */
  dots(frame, specks) {
    const { pen, scale, left, top } = frame, { boxes } = this.shapes;
    for (const rim of [true, false]) for (const [change, row] of specks) {
      const [a, b, c, d] = boxes.subarray(row * 4, row * 4 + 4);
      pen.beginPath();
      pen.arc(((a + c) / 2) * scale - left, ((b + d) / 2) * scale - top, rim ? 5 : 3.8, 0, 2 * Math.PI);
      pen.fillStyle = rim ? '#ffffff' : Citygrid.Compare.kind(change).colour;
      pen.fill();
    }
  }

  paintMarked(frame) {
    const { Compare } = Citygrid, [before, after] = Compare.hovered;
    this.markRow(frame, this, this.key === 'before' ? before : after, '#1d2429', 1.6, []);
    if (Compare.chosen >= 0) {
      const here = this.rows[Compare.chosen];
      this.markRow(frame, here >= 0 ? this : this.other, here >= 0 ? here : this.other.rows[Compare.chosen], '#b00068', 3.2, here >= 0 ? [] : [7, 6]);
    }
    if (this.cursor) this.paintCursor(frame);
  }

  markRow(frame, side, row, colour, width, dash) {
    if (row < 0) return;
    const { pen } = frame;
    pen.beginPath();
    side.shapes.traceShape(frame, side.shapes.shapeRow(row));
    pen.strokeStyle = '#ffffff';
    pen.lineWidth = width + 2.4;
    pen.stroke();
    pen.setLineDash(dash);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke();
    pen.setLineDash([]);
  }

  /** Where the pointer is on the other map. */
  paintCursor({ pen, scale, left, top }) {
    const x = this.cursor[0] * scale - left, y = this.cursor[1] * scale - top;
    for (const [colour, width] of [['#ffffff', 4], ['#1d2429', 1.6]]) {
      pen.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        pen.moveTo(x + dx * 3, y + dy * 3);
        pen.lineTo(x + dx * 11, y + dy * 11);
      }
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke();
    }
  }
};
Citygrid.Side.TILE = 8;
// Paths of one tile; drawn again and again they make the hatching, in the map as in the legend.
Citygrid.Side.HATCHES = {
  rise: 'M-1 9L9 -1M-1 1L1 -1M7 9L9 7',
  cross: 'M-1 9L9 -1M-1 1L1 -1M7 9L9 7M-1 -1L9 9M7 -1L9 1M-1 7L1 9',
  dots: 'M2.500 4A1.500 1.500 0 1 0 5.500 4A1.500 1.500 0 1 0 2.500 4Z',
  level: 'M0 4H8',
  upright: 'M4 0V8',
};

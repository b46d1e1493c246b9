// Areas: fills of the finest ones, borders of every level (each shared piece once), what lies under a point.
'use strict';
Citygrid.Shapes = {
  areas: null,
  fill: '',
  hovered: -1,
  chosen: -1,

  open(areas, layers) {
    if (areas) this.read(areas);
    this.take(areas || null, layers);
  },

  /** Arcs, and the numbers rings know them by. */
  read({ arcs, rings }) {
    this.xy = Citygrid.world(arcs.xy);
    this.starts = Citygrid.Picture.offsets(arcs.sizes);
    this.arcBoxes = Citygrid.Picture.boxes(this.xy, this.starts);
    this.signArcs(rings);
  },

  take(areas, layers) {
    this.areas = areas;
    this.byRank = layers;
    if (!areas) return;
    this.labels = Citygrid.world(areas.label);
    this.measure();
    this.arcsOf = layers.map((layer) => this.levelArcs(layer.rank));
    this.fills = new Map((Citygrid.page.fills || []).map((fill) => [fill.key, { ...fill, row: Citygrid.sums(areas.fills[fill.key]) }]));
    this.fill = this.fills.size ? this.fills.keys().next().value : '';
    this.children = new Map();
    this.sharers = new Map();
    areas.shares.forEach((owner, row) => {
      if (owner >= 0) this.sharers.set(owner, [...(this.sharers.get(owner) || []), row]);
    });
  },

  /** Arc numbers from their running differences: i forward, ~i backward. */
  signArcs(rings) {
    let mark = 0;
    for (const shape of rings) for (const ring of shape) for (let i = 0; i < ring.length; i++) {
      mark += ring[i];
      ring[i] = mark % 2 ? ~((mark - 1) / 2) : mark / 2;
    }
  },

  /** Boxes of areas, from those of their arcs. */
  measure() {
    const { rings } = this.areas;
    this.boxes = new Float64Array(rings.length * 4);
    rings.forEach((shape, row) => {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (const ring of shape) for (const signed of ring) {
        const at = (signed < 0 ? ~signed : signed) * 4;
        box[0] = Math.min(box[0], this.arcBoxes[at]);
        box[1] = Math.min(box[1], this.arcBoxes[at + 1]);
        box[2] = Math.max(box[2], this.arcBoxes[at + 2]);
        box[3] = Math.max(box[3], this.arcBoxes[at + 3]);
      }
      this.boxes.set(box, row * 4);
    });
  },

  levelArcs(rank) {
    const used = new Set();
    this.areas.rings.forEach((shape, row) => {
      if (this.areas.level[row] === rank) for (const ring of shape) for (const signed of ring) used.add(signed < 0 ? ~signed : signed);
    });
    return Uint32Array.from([...used].sort((a, b) => a - b));
  },

  drawable(layer, zoom) {
    return Citygrid.shown(layer.key) && zoom >= layer.least_zoom;
  },

  traceShape(frame, row) {
    for (const ring of this.areas.rings[row]) {
      let goOn = false;
      for (const signed of ring) {
        const arc = signed < 0 ? ~signed : signed;
        Citygrid.Picture.trace(frame, this.xy, this.starts[arc], this.starts[arc + 1], signed < 0, goOn);
        goOn = true;
      }
      frame.pen.closePath();
    }
  },

  paint(frame, labels) {
    if (!this.areas) return;
    const taken = new Set();
    const order = [];
    for (const layer of this.byRank) {
      if (!this.drawable(layer, frame.zoom)) continue;
      const mine = [];
      for (const arc of this.arcsOf[layer.rank]) {
        if (!Citygrid.Picture.inView(frame, this.arcBoxes, arc)) continue;
        if (!layer.beside && taken.has(arc)) continue;
        if (!layer.beside) taken.add(arc);
        mine.push(arc);
      }
      order.push([layer, mine]);
    }
    for (const [layer, arcs] of order.reverse()) this.paintLines(frame, layer.line, arcs);
    this.paintLabels(frame, labels);
  },

  paintFill(frame) {
    const fill = this.areas && this.fills.get(this.fill);
    if (!fill) return;
    const { pen } = frame;
    const classes = fill.classes.map(() => []);
    for (let row = 0; row < this.areas.rings.length; row++) {
      if (fill.row[row] >= 0 && Citygrid.Picture.inView(frame, this.boxes, row)) classes[fill.row[row]].push(row);
    }
    // With the ground beneath, the tint lets it through where the reader looks for buildings and roads.
    pen.globalAlpha = Citygrid.Ground.any() ? 0.62 : 0.9;
    Citygrid.Picture.least = 2.2;
    classes.forEach((rows, number) => {
      pen.fillStyle = this.ink(pen, fill.classes[number]);
      Citygrid.Picture.inHandfuls(pen, rows, (row) => this.traceShape(frame, row), () => pen.fill('evenodd'));
    });
    pen.globalAlpha = 1;
    Citygrid.Picture.least = 1.1;
  },

  /** What a class is filled with: its colour, or lines over it. */
  ink(pen, [colour, , hatch]) {
    if (!hatch) return colour;
    const tile = document.createElement('canvas');
    tile.width = tile.height = 6;
    const lines = tile.getContext('2d');
    lines.fillStyle = colour;
    lines.fillRect(0, 0, 6, 6);
    lines.strokeStyle = '#8a929a';
    lines.beginPath();
    for (const shift of [-6, 0, 6]) {
      lines.moveTo(shift - 1, 7);
      lines.lineTo(shift + 7, -1);
    }
    lines.stroke();
    return pen.createPattern(tile, 'repeat');
  },

  paintLines(frame, line, arcs) {
    const { pen } = frame;
    // Lines thin out with the overview, so that a town a few pixels wide does not turn into a blot.
    const thin = Math.min(1, Math.max(0.55, (frame.zoom - 7) / 6));
    const stroke = () => Citygrid.Picture.inHandfuls(pen, arcs,
      (arc) => Citygrid.Picture.trace(frame, this.xy, this.starts[arc], this.starts[arc + 1], false, false), () => pen.stroke());
    if (line.casing && frame.zoom > 10) {
      pen.strokeStyle = '#ffffffc0';
      pen.lineWidth = line.width * thin + line.casing;
      stroke();
    }
    pen.setLineDash(frame.zoom > 10 ? line.dash : []);
    pen.strokeStyle = line.colour;
    pen.lineWidth = line.width * thin;
    stroke();
    pen.setLineDash([]);
  },

  paintLabels(frame, labels) {
    const { areas } = this;
    const shown = this.byRank.map((layer) => layer.named && this.drawable(layer, frame.zoom));
    for (let row = 0; row < areas.rings.length; row++) {
      const rank = areas.level[row];
      if (!shown[rank] || !areas.rings[row].length || !Citygrid.Picture.inView(frame, this.boxes, row)) continue;
      const at = row * 4, name = this.shortName(row);
      const wide = (this.boxes[at + 2] - this.boxes[at]) * frame.scale, high = (this.boxes[at + 3] - this.boxes[at + 1]) * frame.scale;
      // A name stands where its area is large enough to hold it and small enough to be seen whole.
      if (wide > frame.width * 1.6 && high > frame.height * 1.6) continue;
      labels.ask(name, this.labels[row * 2], this.labels[row * 2 + 1], rank, this.labelColour(row, rank), wide, high);
    }
  },

  labelColour(row, rank) {
    return this.byRank[rank].line.colour;
  },

  /** A name as it stands on the map: without that of the parent it begins with, which stands there too. */
  shortName(row) {
    const { areas } = this, name = Citygrid.cell(areas.name, row), parent = areas.parent[row];
    const above = parent < 0 ? '' : Citygrid.cell(areas.name, parent);
    return above && name.startsWith(above) && name.length > above.length ? name.slice(above.length).trim() : name;
  },

  /** Rows of the areas at a place of the world, fine to coarse. */
  at(x, y) {
    const found = [];
    if (!this.areas) return found;
    for (let row = this.areas.rings.length - 1; row >= 0; row--) {
      const at = row * 4;
      if (x < this.boxes[at] || x > this.boxes[at + 2] || y < this.boxes[at + 1] || y > this.boxes[at + 3]) continue;
      if (this.holds(row, x, y)) found.push(row);
    }
    return found.sort((a, b) => this.areas.level[b] - this.areas.level[a]);
  },

  holds(row, x, y) {
    let inside = false;
    for (const ring of this.areas.rings[row]) for (const signed of ring) {
      const arc = signed < 0 ? ~signed : signed;
      for (let i = this.starts[arc] + 2; i < this.starts[arc + 1]; i += 2) {
        const ax = this.xy[i - 2], ay = this.xy[i - 1], bx = this.xy[i], by = this.xy[i + 1];
        if (ay > y !== by > y && x < (bx - ax) * (y - ay) / (by - ay) + ax) inside = !inside;
      }
    }
    return inside;
  },

  /** The finest nesting area whose level is drawn now, or -1. */
  pick(x, y) {
    const zoom = Citygrid.map.getZoom();
    const levels = new Set(this.byRank.filter((layer) => this.drawable(layer, zoom) && !layer.beside).map((layer) => layer.rank));
    return this.at(x, y).find((row) => levels.has(this.areas.level[row])) ?? -1;
  },

  /** The row whose shape stands for a row: its own, or that of the area it shares with. */
  shapeRow(row) {
    return this.areas.rings[row].length || this.areas.shares[row] < 0 ? row : this.areas.shares[row];
  },

  bounds(row) {
    const at = this.shapeRow(row) * 4;
    if (!(this.boxes[at] <= this.boxes[at + 2])) return null;
    return L.latLngBounds(Citygrid.toLatLng(this.boxes[at], this.boxes[at + 3]), Citygrid.toLatLng(this.boxes[at + 2], this.boxes[at + 1]));
  },

  paintMarked(frame) {
    if (!this.areas) return;
    const { pen } = frame;
    for (const [row, colour, width] of [[this.hovered, '#1d2429', 1.6], [this.chosen, '#b00068', 3.2]]) {
      if (row < 0) continue;
      pen.beginPath();
      this.traceShape(frame, this.shapeRow(row));
      pen.strokeStyle = '#ffffff';
      pen.lineWidth = width + 2.4;
      pen.stroke();
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke();
    }
  },
};

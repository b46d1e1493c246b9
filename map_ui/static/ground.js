// The backdrop: land use, water, buildings, roads, railways.
'use strict';
Citygrid.Ground = {
  parts: new Map(),

  open(ground) {
    for (const [name, packed] of Object.entries(ground)) {
      const xy = Citygrid.world(packed.paths.xy), starts = Citygrid.Picture.offsets(packed.paths.sizes);
      this.parts.set(name, { ...packed, xy, starts, boxes: Citygrid.Picture.boxes(xy, starts), rows: Citygrid.sums(packed.row) });
    }
  },

  any() {
    return this.parts.size > 0;
  },

  /** Draws the surfaces that lie under the areas' tints, or what lies over them. */
  paint(frame, labels, under) {
    for (const layer of Citygrid.page.layers) {
      if ((layer.ground === 'landuse') !== under) continue;
      if (layer.drawer !== 'ground' || !Citygrid.shown(layer.key) || frame.zoom < layer.least_zoom) continue;
      const part = this.parts.get(layer.ground);
      if (part) this[layer.ground](frame, part, labels);
    }
  },

  /** Paths in view, grouped by what `group` says of their row. */
  groups(frame, part, group) {
    const found = new Map();
    for (let n = 0; n + 1 < part.starts.length; n++) {
      if (!Citygrid.Picture.inView(frame, part.boxes, n)) continue;
      const key = group(part.rows[n], n);
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(n);
    }
    return found;
  },

  /** Draws paths in handfuls; rings of one row stay together, so that their holes stay open. */
  each(frame, part, paths, draw) {
    const rows = [];
    for (const n of paths) {
      if (rows.length && part.rows[n] === part.rows[rows[rows.length - 1][0]]) rows[rows.length - 1].push(n);
      else rows.push([n]);
    }
    Citygrid.Picture.inHandfuls(frame.pen, rows, (row) => {
      for (const n of row) {
        Citygrid.Picture.trace(frame, part.xy, part.starts[n], part.starts[n + 1], false, false);
        if (part.closed[n]) frame.pen.closePath();
      }
    }, draw);
  },

  landuse(frame, part) {
    const style = Citygrid.page.ground_style;
    for (const [kind, paths] of this.groups(frame, part, (row) => Citygrid.cell(part.kind, row))) {
      frame.pen.fillStyle = Object.hasOwn(style.landuse, kind) ? style.landuse[kind] : style.landuse_other;
      this.each(frame, part, paths, () => frame.pen.fill('evenodd'));
    }
  },

  rivers(frame, part) {
    const { pen } = frame;
    for (const [closed, paths] of this.groups(frame, part, (row, n) => part.closed[n])) {
      // A river seen from afar is narrower than a pixel: its outline keeps it visible.
      pen.fillStyle = pen.strokeStyle = Citygrid.page.ground_style.river;
      pen.lineWidth = closed ? 0.8 : Math.max(1.2, (frame.zoom - 8) * 0.7);
      this.each(frame, part, paths, () => {
        if (closed) pen.fill('evenodd');
        pen.stroke();
      });
    }
  },

  buildings(frame, part) {
    for (const [, paths] of this.groups(frame, part, () => 0)) {
      frame.pen.fillStyle = Citygrid.page.ground_style.building;
      this.each(frame, part, paths, () => frame.pen.fill('evenodd'));
    }
  },

  roads(frame, part, labels) {
    const { pen, zoom } = frame, style = Citygrid.page.ground_style;
    const wide = (kind) => (Object.hasOwn(style.roads, kind) ? style.roads[kind] : 1.6);
    const groups = [...this.groups(frame, part, (row) => Citygrid.cell(part.class, row))].sort((a, b) => wide(a[0]) - wide(b[0]));
    for (const edge of [true, false]) for (const [kind, paths] of groups) {
      const width = wide(kind) * 2 ** ((zoom - 15) * 0.55);
      if (wide(kind) < 2.4 && zoom < 13) continue;
      pen.strokeStyle = edge || width < 1.1 ? style.road_edge : style.road;
      pen.lineWidth = edge ? width + 1.2 : Math.max(width, 0.7);
      this.each(frame, part, paths, () => pen.stroke());
      if (!edge && zoom >= 15) this.nameRoads(frame, part, paths, labels);
    }
  },

  nameRoads(frame, part, paths, labels) {
    const named = new Set();
    for (const n of paths) {
      const name = Citygrid.cell(part.name, part.rows[n]);
      const wide = Math.max(part.boxes[n * 4 + 2] - part.boxes[n * 4], part.boxes[n * 4 + 3] - part.boxes[n * 4 + 1]) * frame.scale;
      if (!name || named.has(name) || wide < 120) continue;
      named.add(name);
      const middle = part.starts[n] + 2 * Math.floor((part.starts[n + 1] - part.starts[n]) / 4);
      labels.ask(name, part.xy[middle], part.xy[middle + 1], 9, '#6a5230', 0, 0);
    }
  },

  railways(frame, part) {
    const { pen } = frame;
    for (const [, paths] of this.groups(frame, part, () => 0)) {
      pen.strokeStyle = Citygrid.page.ground_style.railway;
      pen.lineWidth = frame.zoom > 12 ? 2.4 : 1.4;
      this.each(frame, part, paths, () => pen.stroke());
      pen.setLineDash([7, 7]);
      pen.strokeStyle = '#ffffff';
      pen.lineWidth = frame.zoom > 12 ? 1.2 : 0.6;
      this.each(frame, part, paths, () => pen.stroke());
      pen.setLineDash([]);
    }
  },
};

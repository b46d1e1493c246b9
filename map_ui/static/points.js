// Points: a symbol each, or numbers in circles where they crowd; what is switched off is neither drawn nor counted.
'use strict';
Citygrid.Points = {
  sets: [],
  chosen: null,
  CELL: 76,
  CROWD: 2500,

  open(points, layers) {
    for (const layer of layers) {
      const packed = points[layer.key];
      const set = { layer, columns: packed.columns, xy: Citygrid.world(packed.xy), rows: [], crowded: false };
      set.facets = layer.facets.map((facet) => this.facet(facet, set));
      set.draws = set.facets.find((facet) => facet.draws);
      set.stamps = set.draws.options.map((option) => this.stamp(option.symbol));
      this.sets.push(set);
      this.filter(set);
    }
    this.badge = this.stamp(Citygrid.page.badge);
  },

  facet(facet, set) {
    const place = new Map(facet.options.map((option, number) => [option.value, number]));
    const count = set.xy.length / 2, option = new Uint8Array(count);
    for (let row = 0; row < count; row++) option[row] = place.get(Citygrid.cell(set.columns[facet.column], row));
    return { ...facet, option, off: new Set() };
  },

  /** Rows whose values are all switched on, in drawing order: what matters most comes last and lies on top. */
  filter(set) {
    const count = set.xy.length / 2, order = set.draws.options.map(() => []);
    for (let row = 0; row < count; row++) if (set.facets.every((facet) => !facet.off.has(facet.option[row]))) order[set.draws.option[row]].push(row);
    const rank = set.facets.find((facet) => facet.ranks);
    if (rank) for (const rows of order) rows.sort((a, b) => rank.option[b] - rank.option[a] || a - b);
    set.rows = order.reverse().flat();
  },

  /** A symbol as a small picture, sharp on dense screens. */
  stamp(symbol) {
    const size = symbol.size + 4, canvas = document.createElement('canvas');
    canvas.width = canvas.height = size * 2;
    const pen = canvas.getContext('2d');
    pen.scale(2, 2);
    pen.translate(2, 2);
    pen.scale(symbol.size / 24, symbol.size / 24);
    const path = new Path2D(symbol.path);
    pen.lineJoin = 'round';
    pen.lineWidth = (2.4 * 24) / symbol.size;
    pen.strokeStyle = symbol.stroke;
    pen.stroke(path);
    pen.fillStyle = symbol.fill;
    pen.fill(path);
    return { canvas, size };
  },

  waits(set, row, zoom) {
    return zoom < set.draws.options[set.draws.option[row]].least_zoom;
  },

  inView(set, frame) {
    const [west, north, east, south] = frame.view, { xy } = set;
    return set.rows.filter((row) => xy[row * 2] >= west && xy[row * 2] <= east && xy[row * 2 + 1] >= north && xy[row * 2 + 1] <= south && !this.waits(set, row, frame.zoom));
  },

  paint(frame, labels) {
    for (const set of this.sets) {
      if (!Citygrid.shown(set.layer.key)) continue;
      const rows = this.inView(set, frame);
      set.crowded = set.layer.counted && frame.zoom < 17 && rows.length > this.CROWD;
      set.circles = set.crowded ? this.count(frame, set, rows) : [];
      if (set.crowded) this.paintCounts(frame, set, labels);
      else this.paintSymbols(frame, set, rows, labels);
    }
  },

  /** Where places crowd, what comes last in the drawing order keeps its symbol and the others shrink to a dot. */
  thin(frame, set, rows, labels, grow) {
    const kept = [], dots = [], { scale, left, top } = frame;
    for (let i = rows.length - 1; i >= 0; i--) {
      const row = rows[i], x = set.xy[row * 2] * scale - left, y = set.xy[row * 2 + 1] * scale - top;
      const half = (set.stamps[set.draws.option[row]].size * grow) / 2 - 2;
      if (labels.free(x - half, y - half, x + half, y + half)) {
        labels.block(x - half, y - half, x + half, y + half);
        kept.push(row);
      } else dots.push([set.draws.option[row], x, y]);
    }
    for (const [option, x, y] of dots.reverse()) {
      frame.pen.beginPath();
      frame.pen.arc(x, y, 2.6, 0, 7);
      frame.pen.fillStyle = set.draws.options[option].symbol.fill;
      frame.pen.fill();
      frame.pen.strokeStyle = '#ffffff';
      frame.pen.lineWidth = 0.8;
      frame.pen.stroke();
    }
    return kept.reverse();
  },

  paintSymbols(frame, set, all, labels) {
    const { pen, scale, left, top } = frame, starred = set.facets.find((facet) => facet.options.some((option) => option.badge));
    const grow = set.layer.counted ? 1 : frame.zoom < 11 ? 0.6 : frame.zoom < 13 ? 0.8 : 1;
    const rows = set.layer.counted ? all : this.thin(frame, set, all, labels, grow);
    for (const row of rows) {
      const x = set.xy[row * 2] * scale - left, y = set.xy[row * 2 + 1] * scale - top;
      const { canvas, size } = set.stamps[set.draws.option[row]], drawn = size * grow;
      pen.drawImage(canvas, x - drawn / 2, y - drawn / 2, drawn, drawn);
      if (set.layer.counted) labels.block(x - drawn / 2 + 2, y - drawn / 2 + 2, x + drawn / 2 - 2, y + drawn / 2 - 2);
      if (starred && starred.options[starred.option[row]].badge) {
        const star = this.badge.size * grow;
        pen.drawImage(this.badge.canvas, x + drawn / 2 - star * 0.65, y - drawn / 2 - star * 0.35, star, star);
      }
      if (!set.layer.counted && frame.zoom >= 14.5) {
        const title = Citygrid.cell(set.columns[set.layer.title], row);
        labels.ask(title, set.xy[row * 2], set.xy[row * 2 + 1] + (drawn / 2 + 8) / scale, 5, '#1d2429', 0, 0);
      }
    }
  },

  /** Circles on a raster fixed to the world, so that panning does not re-sort them. Their numbers sum up to the rows. */
  count(frame, set, rows) {
    const cells = new Map(), { scale } = frame;
    for (const row of rows) {
      const x = set.xy[row * 2] * scale, y = set.xy[row * 2 + 1] * scale;
      const key = Math.floor(x / this.CELL) * 1e7 + Math.floor(y / this.CELL);
      if (!cells.has(key)) cells.set(key, { row, x: 0, y: 0, n: 0, by: set.draws.options.map(() => 0) });
      const cell = cells.get(key);
      cell.x += x;
      cell.y += y;
      cell.n += 1;
      cell.by[set.draws.option[row]] += 1;
    }
    return this.apart([...cells.values()]).map((cell) => ({
      row: cell.row, x: cell.x / cell.n - frame.left, y: cell.y / cell.n - frame.top, n: cell.n, by: cell.by,
      radius: this.radius(cell.n), worldX: cell.x / cell.n / scale, worldY: cell.y / cell.n / scale,
    })).reverse();
  },

  radius(n) {
    return Math.min(27, 11 + Math.log10(n + 1) * 5.2);
  },

  /** Large circles first; one that would lie on a larger one is added to it. */
  apart(cells) {
    const kept = [];
    for (const cell of cells.sort((a, b) => b.n - a.n)) {
      const near = kept.find((one) => Math.hypot(one.x / one.n - cell.x / cell.n, one.y / one.n - cell.y / cell.n) < this.radius(one.n) + this.radius(cell.n));
      if (!near) {
        kept.push(cell);
        continue;
      }
      near.x += cell.x;
      near.y += cell.y;
      near.n += cell.n;
      cell.by.forEach((n, number) => (near.by[number] += n));
    }
    return kept;
  },

  paintCounts(frame, set, labels) {
    const { pen } = frame;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    for (const circle of set.circles) {
      const { x, y, radius } = circle;
      if (circle.n === 1) {
        const { canvas, size } = set.stamps[circle.by.indexOf(1)];
        pen.drawImage(canvas, x - size / 2, y - size / 2, size, size);
        continue;
      }
      pen.beginPath();
      pen.arc(x, y, radius + 1.5, 0, 7);
      pen.fillStyle = '#ffffff';
      pen.fill();
      let from = -Math.PI / 2;
      circle.by.forEach((n, number) => {
        if (!n) return;
        const to = from + (n / circle.n) * 2 * Math.PI, { symbol } = set.draws.options[number];
        pen.beginPath();
        pen.arc(x, y, radius - 2, from, to);
        pen.lineWidth = 4.5;
        pen.strokeStyle = symbol.fill === '#ffffff' ? symbol.stroke : symbol.fill;
        pen.stroke();
        from = to;
      });
      pen.fillStyle = '#1d2429';
      pen.font = `600 ${circle.n > 999 ? 11 : 12}px ${Citygrid.FONT}`;
      pen.fillText(String(circle.n), x, y + 0.5);
      labels.block(x - radius, y - radius, x + radius, y + radius);
    }
  },

  /** What lies at a place of the map: {circle} or {hits: [[set, row], ...]}, nearest first. */
  pick(map, latlng, reach) {
    const scale = 256 * 2 ** map.getZoom(), at = map.project(latlng), zoom = map.getZoom(), hits = [];
    for (const set of this.sets) {
      if (!Citygrid.shown(set.layer.key)) continue;
      if (set.crowded) {
        const circle = set.circles.find((one) => Math.hypot(one.worldX * scale - at.x, one.worldY * scale - at.y) <= one.radius);
        if (circle && circle.n === 1) return { circle: null, hits: [[set, circle.row, 0]] };
        if (circle) return { circle, hits: [] };
        continue;
      }
      for (const row of set.rows) {
        const away = Math.hypot(set.xy[row * 2] * scale - at.x, set.xy[row * 2 + 1] * scale - at.y);
        if (away <= reach && !this.waits(set, row, zoom)) hits.push([set, row, away]);
      }
    }
    return { circle: null, hits: hits.sort((a, b) => a[2] - b[2]) };
  },

  place(set, row) {
    return Citygrid.toLatLng(set.xy[row * 2], set.xy[row * 2 + 1]);
  },

  /** The shown text of a cell: a facet's label, a list's parts, or the text itself. */
  show(set, column, row) {
    const cell = Citygrid.cell(set.columns[column], row);
    const facet = set.facets.find((one) => one.column === column);
    if (facet) return facet.options[facet.option[row]].label;
    return Array.isArray(cell) ? cell.join(Citygrid.page.language === 'en' ? ', ' : '、') : cell;
  },

  /** A value that says nothing when it stands in the details. */
  quiet(set, column, row) {
    const facet = set.facets.find((one) => one.column === column);
    return Boolean(facet && facet.options[facet.option[row]].quiet);
  },

  paintMarked(frame) {
    if (!this.chosen) return;
    const [set, row] = this.chosen, { pen, scale, left, top } = frame;
    pen.beginPath();
    pen.arc(set.xy[row * 2] * scale - left, set.xy[row * 2 + 1] * scale - top, 14, 0, 7);
    pen.strokeStyle = '#ffffff';
    pen.lineWidth = 6;
    pen.stroke();
    pen.strokeStyle = '#b00068';
    pen.lineWidth = 3;
    pen.stroke();
  },
};

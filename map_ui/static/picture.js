// One canvas for the whole picture, redrawn when the map comes to rest; a second one above it for what is pointed at.
'use strict';
Citygrid.Sheet = L.Renderer.extend({
  options: { padding: 0.3 },

  initialize(paint, options) {
    L.Renderer.prototype.initialize.call(this, options);
    this._paint = paint;
  },
  _initContainer() {
    this._container = document.createElement('canvas');
    this._container.setAttribute('aria-hidden', 'true');
  },
  _destroyContainer() {
    this._container.remove();
  },
  _updatePaths() {},
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize(), canvas = this._container;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    // Setting the size empties the canvas.
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    canvas.style.width = size.x + 'px';
    canvas.style.height = size.y + 'px';
    L.DomUtil.setPosition(canvas, this._bounds.min);
    const origin = this._map.getPixelOrigin(), zoom = this._map.getZoom(), scale = 256 * 2 ** zoom;
    const left = origin.x + this._bounds.min.x, top = origin.y + this._bounds.min.y;
    const pen = canvas.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.lineJoin = 'round';
    // Screen x = world x * scale - left; view: the part of the world on the canvas.
    this._paint({
      pen, zoom, scale, left, top, width: size.x, height: size.y,
      view: [left / scale, top / scale, (left + size.x) / scale, (top + size.y) / scale],
    });
  },
  redraw() {
    if (this._map) this._update();
  },
  getElement() {
    return this._container;
  },
});

Citygrid.Picture = {
  sheet: null,
  pointer: null,
  waiting: false,

  open(map) {
    const { data, page } = Citygrid;
    Citygrid.Ground.open(data.ground || {});
    Citygrid.Shapes.open(data.areas, page.layers.filter((layer) => layer.drawer === 'areas'));
    Citygrid.Points.open(data.points || {}, page.layers.filter((layer) => layer.drawer === 'points'));
    this.sheet = new Citygrid.Sheet((frame) => this.paint(frame)).addTo(map);
    this.pointer = new Citygrid.Sheet((frame) => this.paintMarked(frame)).addTo(map);
    this.pointer.getElement().classList.add('pointer');
  },

  paint(frame) {
    const labels = new Citygrid.Labels(frame);
    Citygrid.Ground.paint(frame, labels, true);
    Citygrid.Shapes.paintFill(frame);
    Citygrid.Ground.paint(frame, labels, false);
    Citygrid.Shapes.paint(frame, labels);
    Citygrid.Points.paint(frame, labels);
    labels.paint();
    // On paper an empty sheet above is white: there the marks are part of the picture.
    if (document.body.classList.contains('printing')) this.paintMarked(frame);
  },

  paintMarked(frame) {
    Citygrid.Shapes.paintMarked(frame);
    Citygrid.Points.paintMarked(frame);
  },

  /** Redraw once, after everything that changes now has changed. */
  redraw() {
    if (!this.sheet || this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.sheet.redraw();
      this.pointer.redraw();
      Citygrid.Panel.refresh();
    });
  },

  /** Redraw at once, as paper needs it. */
  repaint() {
    if (!this.sheet) return;
    this.sheet.redraw();
    this.pointer.redraw();
  },

  /** Only what is pointed at or chosen has changed. */
  remark() {
    if (this.pointer) this.pointer.redraw();
  },

  /** Vertices closer than this many pixels are left out. */
  least: 1.1,

  /** Adds a path of world coordinates [from, to) to the pen, leaving out steps too small to see. */
  trace(frame, xy, from, to, backward, goOn) {
    const { pen, scale, left, top } = frame;
    const step = backward ? -2 : 2, first = backward ? to - 2 : from, last = backward ? from : to - 2;
    let x = xy[first] * scale - left, y = xy[first + 1] * scale - top;
    if (goOn) pen.lineTo(x, y);
    else pen.moveTo(x, y);
    for (let i = first + step; i !== last + step; i += step) {
      const nx = xy[i] * scale - left, ny = xy[i + 1] * scale - top;
      if (i !== last && Math.abs(nx - x) + Math.abs(ny - y) < this.least) continue;
      pen.lineTo(nx, ny);
      x = nx;
      y = ny;
    }
  },

  /** Draws things in handfuls: a browser without a GPU takes seconds for one path of ten thousand shapes, and little for a hundred each. */
  inHandfuls(pen, things, trace, draw) {
    for (let from = 0; from < things.length; from += 48) {
      pen.beginPath();
      for (const thing of things.slice(from, from + 48)) trace(thing);
      draw();
    }
  },

  /** Start offsets of paths in a flat x, y array, from their vertex counts. */
  offsets(sizes) {
    const out = new Uint32Array(sizes.length + 1);
    for (let i = 0; i < sizes.length; i++) out[i + 1] = out[i] + sizes[i] * 2;
    return out;
  },

  /** Boxes [west, north, east, south] of paths in world coordinates, four numbers a path. */
  boxes(xy, offsets) {
    const out = new Float64Array((offsets.length - 1) * 4);
    for (let n = 0; n + 1 < offsets.length; n++) {
      let a = Infinity, b = Infinity, c = -Infinity, d = -Infinity;
      for (let i = offsets[n]; i < offsets[n + 1]; i += 2) {
        if (xy[i] < a) a = xy[i];
        if (xy[i] > c) c = xy[i];
        if (xy[i + 1] < b) b = xy[i + 1];
        if (xy[i + 1] > d) d = xy[i + 1];
      }
      out.set([a, b, c, d], n * 4);
    }
    return out;
  },

  inView(frame, boxes, n) {
    const [west, north, east, south] = frame.view;
    return boxes[n * 4] <= east && boxes[n * 4 + 2] >= west && boxes[n * 4 + 1] <= south && boxes[n * 4 + 3] >= north;
  },
};

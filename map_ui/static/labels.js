// Names on the map: coarse levels first, and none over another.
'use strict';
Citygrid.FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','Hiragino Sans GB','Noto Sans',sans-serif";
Citygrid.Labels = class {
  constructor(frame) {
    this.frame = frame;
    this.asked = [];
    this.cells = new Map();
  }

  /** Asks for a name centred at a place; wide and high: pixels of the thing it names, 0 when it has no size. */
  ask(text, x, y, rank, colour, wide, high) {
    if (text) this.asked.push({ text, x, y, rank, colour, wide, high });
  }

  /** Keeps a box free of names. */
  block(left, top, right, bottom) {
    this.each(left, top, right, bottom, (key) => {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push([left, top, right, bottom]);
    });
  }

  each(left, top, right, bottom, visit) {
    for (let i = Math.floor(left / 64); i <= Math.floor(right / 64); i++) for (let j = Math.floor(top / 64); j <= Math.floor(bottom / 64); j++) visit(i * 10007 + j);
  }

  free(left, top, right, bottom) {
    let free = true;
    this.each(left, top, right, bottom, (key) => {
      for (const box of this.cells.get(key) || []) if (box[0] < right && box[2] > left && box[1] < bottom && box[3] > top) free = false;
    });
    return free;
  }

  paint() {
    const { pen, scale, left, top, width, height } = this.frame;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.lineJoin = 'round';
    this.asked.sort((a, b) => a.rank - b.rank || b.wide - a.wide);
    for (const label of this.asked) {
      const size = [17, 15, 13.5, 12.5, 12, 11][Math.min(label.rank, 5)];
      pen.font = `${label.rank < 2 ? 600 : 500} ${size}px ${Citygrid.FONT}`;
      const w = pen.measureText(label.text).width;
      if (label.wide && (label.wide < w * 0.9 || label.high < size)) continue;
      const x = label.x * scale - left, y = label.y * scale - top;
      if (x < -w || y < -size || x > width + w || y > height + size) continue;
      const box = [x - w / 2 - 3, y - size / 2 - 2, x + w / 2 + 3, y + size / 2 + 2];
      if (!this.free(...box)) continue;
      this.block(...box);
      pen.strokeStyle = 'rgba(255,255,255,0.92)';
      pen.lineWidth = 3.4;
      pen.strokeText(label.text, x, y);
      pen.fillStyle = label.colour;
      pen.fillText(label.text, x, y);
    }
  }
};

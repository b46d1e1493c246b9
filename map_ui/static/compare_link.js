// What ties the two maps together: they show the same place at the same zoom, and point at the same thing.
'use strict';
Citygrid.CompareLink = {
  busy: false,

  open(sides) {
    window.addEventListener('resize', () => this.halve());
    this.halve();
    for (const side of sides) {
      const { map } = side, container = map.getContainer();
      side.tip = Citygrid.make('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
      container.append(side.tip);
      map.on('move', () => this.follow(map, side.other.map));
      map.on('moveend', () => this.settle(map, side.other.map));
      map.on('mousemove', (event) => this.hover(side, event.latlng));
      map.on('mouseout movestart', () => this.hover(side, null));
      map.on('click', (event) => this.ask(side, event.latlng));
      container.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && event.target === container) this.ask(side, map.getCenter());
        if (event.key === 'Escape') Citygrid.Compare.choose(-1, false);
      });
    }
    this.follow(Citygrid.map, Citygrid.before);
    this.settle(Citygrid.map, Citygrid.before);
  },

  /** Both maps begin at a whole pixel: at half a pixel everything on the right one would be blurred. */
  halve() {
    const stage = document.getElementById('stage');
    stage.style.setProperty('--half', `${Math.floor((stage.clientWidth - 3) / 2)}px`);
    for (const map of Citygrid.maps) map.invalidateSize({ animate: false });
  },

  /** Brings the other map along. While a hand drags one map the other only shifts its picture; it is drawn anew when the hand rests. */
  follow(from, to) {
    if (this.busy) return;
    this.busy = true;
    if (to.getZoom() !== from.getZoom()) to.setView(from.getCenter(), from.getZoom(), { animate: false, reset: true });
    else {
      const away = to.project(from.getCenter()).subtract(to.project(to.getCenter())).round();
      // Leaflet's panBy also ends the movement, which would redraw at every step.
      if (away.x || away.y) to._rawPanBy(away);
      to.fire('move');
    }
    this.busy = false;
  },

  settle(from, to) {
    if (this.busy) return;
    this.busy = true;
    to.fire('moveend');
    this.busy = false;
  },

  world(map, latlng) {
    const point = map.project(latlng, 0);
    return [point.x / 256, point.y / 256];
  },

  /** The area that is pointed at: the finest changed one, else the finest drawn one; -1 for none. */
  pick(side, x, y) {
    const changed = side.shapes.at(x, y).find((row) => side.change(row) >= 0);
    return changed ?? side.shapes.pick(x, y);
  },

  hover(side, latlng) {
    if (this.busy) return;
    const { Compare } = Citygrid, { other } = side;
    const world = latlng ? this.world(side.map, latlng) : null, rows = [-1, -1];
    if (world) {
      const row = this.pick(side, ...world), change = row < 0 ? -1 : side.change(row);
      const twin = row < 0 ? -1 : change >= 0 ? other.rows[change] : other.rowOfCode.get(side.shapes.areas.code[row]) ?? -1;
      rows[side.key === 'before' ? 0 : 1] = row;
      rows[side.key === 'before' ? 1 : 0] = twin;
      this.tell(side, row, latlng);
      this.tell(other, this.pick(other, ...world), latlng);
    } else for (const each of Compare.sides) each.tip.hidden = true;
    const moved = other.cursor || world, turned = rows[0] !== Compare.hovered[0] || rows[1] !== Compare.hovered[1];
    Compare.hovered = rows;
    side.cursor = null;
    other.cursor = world;
    if (turned) side.remark();
    if (moved || turned) other.remark();
  },

  tell(side, row, latlng) {
    side.tip.hidden = row < 0;
    if (row < 0) return;
    const { areas } = side.shapes, kinds = (side.changesAt.get(row) || []).filter((change) => Citygrid.Compare.shown(change));
    side.tip.textContent = [Citygrid.cell(areas.name, row), ...kinds.map((change) => Citygrid.Compare.kind(change).name)].join(' · ');
    const at = side.map.latLngToContainerPoint(latlng), size = side.map.getSize();
    side.tip.style.left = `${Math.max(4, Math.min(at.x + 14, size.x - side.tip.offsetWidth - 6))}px`;
    side.tip.style.top = `${Math.max(4, Math.min(at.y + 16, size.y - side.tip.offsetHeight - 6))}px`;
  },

  /** A click, or Enter at the centre, chooses the change there. */
  ask(side, latlng) {
    const [x, y] = this.world(side.map, latlng);
    const found = side.shapes.at(x, y).map((row) => side.change(row)).find((change) => change >= 0) ?? this.speck(side, latlng);
    Citygrid.Compare.choose(found, false);
  },

  /** The change drawn as a dot within reach of a place, or -1. */
  speck(side, latlng) {
    const { boxes } = side.shapes, [x, y] = this.world(side.map, latlng), scale = 256 * 2 ** side.map.getZoom();
    let best = -1, least = 10;
    side.rows.forEach((row, change) => {
      if (row < 0 || !Citygrid.Compare.shown(change)) return;
      const at = side.shapes.shapeRow(row) * 4;
      const away = Math.hypot((boxes[at] + boxes[at + 2]) / 2 - x, (boxes[at + 1] + boxes[at + 3]) / 2 - y) * scale;
      if (away < least) [best, least] = [change, away];
    });
    return best;
  },
};

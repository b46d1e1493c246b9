// What is known about the place that was clicked, found or asked for with Enter: points first, then the ladder of areas.
'use strict';
Citygrid.Details = {
  MOST: 12,

  open(map) {
    this.map = map;
    this.box = document.getElementById('details');
    this.tip = Citygrid.make('div', { id: 'tip', hidden: true, 'aria-hidden': 'true' });
    document.getElementById('stage').append(this.tip);
    map.on('click', (event) => this.ask(event.latlng, 10));
    map.on('mousemove', (event) => this.hover(event));
    map.on('mouseout movestart', () => this.hover(null));
    map.getContainer().addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.target === map.getContainer()) this.ask(map.getCenter(), 24);
      if (event.key === 'Escape') this.close();
    });
    this.box.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
  },

  world(latlng) {
    const point = this.map.project(latlng, 0);
    return [point.x / 256, point.y / 256];
  },

  ask(latlng, reach) {
    const { circle, hits } = Citygrid.Points.pick(this.map, latlng, reach);
    if (circle) {
      this.map.setView(Citygrid.toLatLng(circle.worldX, circle.worldY), Math.min(this.map.getZoom() + 2, 17.5));
      return;
    }
    const [x, y] = this.world(latlng), row = Citygrid.Shapes.areas ? Citygrid.Shapes.at(x, y) : [];
    if (!hits.length && !row.length) this.close();
    else this.show(hits, row);
  },

  /** An area chosen in the search: its own ladder, also when it has no shape. */
  showArea(row) {
    const ladder = [];
    for (let at = row; at >= 0 && !ladder.includes(at); at = Citygrid.Shapes.areas.parent[at]) ladder.push(at);
    this.show([], ladder);
  },

  showPoint(set, row) {
    const [x, y] = [set.xy[row * 2], set.xy[row * 2 + 1]];
    this.show([[set, row]], Citygrid.Shapes.areas ? Citygrid.Shapes.at(x, y) : []);
  },

  show(hits, rows) {
    Citygrid.Points.chosen = hits.length ? hits[0] : null;
    Citygrid.Shapes.chosen = hits.length || !rows.length ? -1 : rows[0];
    Citygrid.Picture.remark();
    const close = Citygrid.make('button', { type: 'button', class: 'close', 'aria-label': Citygrid.say('details.close'), onclick: () => this.close() }, '×');
    const parts = [close];
    if (hits.length > 1) parts.push(Citygrid.make('p', { class: 'note' }, Citygrid.say('details.here', { n: hits.length })));
    for (const [set, row] of hits.slice(0, this.MOST)) parts.push(this.point(set, row));
    if (hits.length > this.MOST) parts.push(Citygrid.make('p', { class: 'note' }, Citygrid.say('details.more', { n: hits.length - this.MOST })));
    rows.forEach((row, number) => parts.push(this.area(row, number === 0 && !hits.length)));
    this.box.replaceChildren(...parts);
    this.box.hidden = false;
    this.box.scrollTop = 0;
  },

  close() {
    if (!this.box || this.box.hidden) return;
    this.box.hidden = true;
    this.box.replaceChildren();
    Citygrid.Points.chosen = null;
    Citygrid.Shapes.chosen = -1;
    Citygrid.Picture.remark();
  },

  lines(pairs) {
    const list = Citygrid.make('dl', {});
    for (const [name, value] of pairs) if (value !== '' && value !== null) list.append(Citygrid.make('dt', {}, name), Citygrid.make('dd', {}, String(value)));
    return list;
  },

  point(set, row) {
    const { layer } = set;
    const told = layer.fields.filter((field) => field.column !== layer.title && !Citygrid.Points.quiet(set, field.column, row));
    return Citygrid.make('article', {},
      Citygrid.make('h2', {}, Citygrid.Points.show(set, layer.title, row) || Citygrid.Points.show(set, layer.fields[0].column, row)),
      this.lines(told.map((field) => [field.name, Citygrid.Points.show(set, field.column, row)])));
  },

  area(row, first) {
    const { areas, sharers } = Citygrid.Shapes, say = Citygrid.say;
    const post = Citygrid.cell(areas.post, row), worker = Citygrid.cell(areas.worker, row);
    const sharing = (sharers.get(Citygrid.Shapes.shapeRow(row)) || []).filter((other) => other !== row).map((other) => Citygrid.cell(areas.name, other));
    return Citygrid.make('article', { class: first ? 'area first' : 'area' },
      Citygrid.make('h2', {}, Citygrid.make('span', { class: 'level' }, Citygrid.page.levels[areas.level[row]]), Citygrid.cell(areas.name, row)),
      this.lines([
        [post || say('area.worker'), worker || (post ? say('area.vacant') : '')],
        [say('area.code'), areas.code[row]],
        [say('area.households'), areas.households[row].toLocaleString(Citygrid.page.language)],
        [say('area.open_cases'), areas.open_cases[row].toLocaleString(Citygrid.page.language)],
        ...(areas.told || []).map((told, number) => [Citygrid.page.told[number], Citygrid.cell(told, row)]),
        [say('area.sharers'), sharing.join(' · ')],
      ]));
  },

  hover(event) {
    const { Shapes, Points } = Citygrid;
    let text = '', row = -1;
    if (event) {
      const { circle, hits } = Points.pick(this.map, event.latlng, 9);
      const [x, y] = this.world(event.latlng);
      if (hits.length) text = Points.show(hits[0][0], hits[0][0].layer.title, hits[0][1]);
      else if (!circle && Shapes.areas) row = Shapes.pick(x, y);
      if (row >= 0) text = [Citygrid.cell(Shapes.areas.name, row), Citygrid.cell(Shapes.areas.worker, row)].filter(Boolean).join(' · ');
      this.map.getContainer().style.cursor = hits.length || circle ? 'pointer' : '';
    }
    if (row !== Shapes.hovered) {
      Shapes.hovered = row;
      Citygrid.Picture.remark();
    }
    this.tip.hidden = !text;
    this.tip.textContent = text;
    if (text) {
      this.tip.style.left = Math.min(event.containerPoint.x + 14, this.map.getSize().x - this.tip.offsetWidth - 8) + 'px';
      this.tip.style.top = event.containerPoint.y + 18 + 'px';
    }
  },
};

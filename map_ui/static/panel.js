// Heading and legend; every entry of the legend is the switch of what it explains.
'use strict';
Citygrid.Panel = {
  waiting: [],
  counters: [],

  heading() {
    const { heading } = Citygrid.page, say = Citygrid.say;
    document.getElementById('city').textContent = heading.city;
    document.getElementById('facts').textContent = this.facts(heading);
    document.getElementById('source').textContent = heading.source ? say('source', { source: heading.source }) : '';
    document.getElementById('synthetic').hidden = !heading.synthetic;
    if (heading.city) document.title = `${heading.city} · ${document.title}`;
  },

  facts(heading) {
    const dated = Citygrid.say('as_of', { date: heading.as_of });
    return heading.generation === null ? dated : `${Citygrid.say('generation', { n: heading.generation })} · ${dated}`;
  },

  open() {
    const { page, make, say } = Citygrid, legend = document.getElementById('legend'), parts = [];
    if (page.note) parts.push(make('p', { class: 'note' }, page.note));
    for (const set of Citygrid.Points.sets) {
      for (const facet of set.facets) if (facet.options.some((option) => option.count)) parts.push(this.facet(set, facet));
      const counter = make('p', { class: 'note', role: 'status' });
      this.counters.push([set, counter]);
      parts.push(counter);
      if (set.layer.unplaced) parts.push(make('p', { class: 'note' }, say('unplaced', { n: set.layer.unplaced.toLocaleString(page.language) })));
      if (set.layer.counted) parts.push(make('p', { class: 'note' }, say('counts_hint')));
    }
    if (Citygrid.Shapes.byRank.length) parts.push(this.group(say('layers'), Citygrid.Shapes.byRank.map((layer) => this.layer(layer, this.line(layer.line)))));
    if ((page.fills || []).length) parts.push(this.fills());
    const ground = page.layers.filter((layer) => layer.drawer === 'ground');
    if (ground.length) parts.push(this.group(say('ground'), ground.map((layer) => this.layer(layer, this.swatch(this.groundColour(layer))))));
    legend.replaceChildren(...parts);
    this.refresh();
  },

  group(name, rows) {
    return Citygrid.make('fieldset', {}, Citygrid.make('legend', {}, name), ...rows);
  },

  box(type, attributes, picture, label, count) {
    const input = Citygrid.make('input', { type, ...attributes });
    const number = count === null ? null : Citygrid.make('span', { class: 'count' }, count.toLocaleString(Citygrid.page.language));
    return Citygrid.make('label', {}, input, picture, Citygrid.make('span', { class: 'name' }, label), number);
  },

  layer(layer, picture) {
    const made = Citygrid.layers.get(layer.key);
    const row = this.box('checkbox', {
      checked: Citygrid.map.hasLayer(made),
      onchange: (event) => (event.target.checked ? Citygrid.map.addLayer(made) : Citygrid.map.removeLayer(made)),
    }, picture, layer.name, layer.drawer === 'areas' ? layer.rows : null);
    if (layer.least_zoom > 0) this.waiting.push([row, layer.least_zoom]);
    return row;
  },

  facet(set, facet) {
    const rows = facet.options.map((option, number) => {
      if (!option.count) return null;
      const row = this.box('checkbox', {
        checked: true,
        onchange: (event) => {
          if (event.target.checked) facet.off.delete(number);
          else facet.off.add(number);
          Citygrid.Points.filter(set);
          Citygrid.Picture.redraw();
        },
      }, option.symbol ? this.symbol(option.symbol) : option.badge ? this.symbol(Citygrid.page.badge) : null, option.label, option.count);
      if (option.least_zoom > 0) this.waiting.push([row, option.least_zoom]);
      return row;
    });
    const group = this.group(facet.name, rows.filter(Boolean));
    if (!facet.draws && rows.length > 4) group.className = 'columns';
    return group;
  },

  fills() {
    const { page, make, say } = Citygrid, classes = make('div', { class: 'classes' });
    const show = () => {
      const fill = page.fills.find((one) => one.key === Citygrid.Shapes.fill);
      classes.replaceChildren(...(fill ? fill.classes : []).filter(([, label]) => label).map(([colour, label, hatch]) => make('span', {}, this.swatch(colour, hatch), label)));
    };
    const options = [...page.fills, { key: '', name: say('fill.none') }].map((fill) => this.box('radio', {
      name: 'fill', checked: fill.key === Citygrid.Shapes.fill,
      onchange: () => {
        Citygrid.Shapes.fill = fill.key;
        show();
        Citygrid.Picture.redraw();
      },
    }, null, fill.name, null));
    show();
    const group = this.group(say('fill'), [make('div', { class: 'columns' }, ...options), classes]);
    return group;
  },

  svg(width, height, box, ...shapes) {
    const space = 'http://www.w3.org/2000/svg', made = document.createElementNS(space, 'svg');
    for (const [name, value] of Object.entries({ width, height, viewBox: box, 'aria-hidden': 'true' })) made.setAttribute(name, value);
    for (const attributes of shapes) {
      const path = document.createElementNS(space, 'path');
      for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
      made.append(path);
    }
    return made;
  },

  line(line) {
    return this.svg(28, 14, '0 0 28 14', { d: 'M1 7H27', stroke: line.colour, 'stroke-width': Math.max(line.width, 1), 'stroke-dasharray': line.dash.join(' ') || 'none', fill: 'none' });
  },

  symbol(symbol) {
    const edge = symbol.stroke === '#ffffff' ? symbol.fill : symbol.stroke;
    return this.svg(18, 18, '-2 -2 28 28', { d: symbol.path, fill: symbol.fill, stroke: edge, 'stroke-width': 2 });
  },

  swatch(colour, hatch) {
    const lines = hatch ? [{ d: 'M1 7L7 1M1 13L13 1M7 13L17 3M13 13L17 9', stroke: '#8a929a', 'stroke-width': 1 }] : [];
    return this.svg(18, 14, '0 0 18 14', { d: 'M1 1H17V13H1Z', fill: colour, stroke: '#7b838a', 'stroke-width': 0.8 }, ...lines);
  },

  groundColour(layer) {
    const style = Citygrid.page.ground_style;
    return { landuse: style.landuse.park, rivers: style.river, buildings: style.building, roads: style.road, railways: style.railway }[layer.ground];
  },

  /** What waits for a nearer zoom says so; counters say how much passes the switches. */
  refresh() {
    const zoom = Citygrid.map.getZoom();
    for (const [row, least] of this.waiting) {
      row.classList.toggle('waits', zoom < least);
      row.title = zoom < least ? Citygrid.say('zoom_hint') : '';
    }
    for (const [set, counter] of this.counters) {
      const words = { n: set.rows.length.toLocaleString(Citygrid.page.language), all: (set.xy.length / 2).toLocaleString(Citygrid.page.language) };
      counter.textContent = Citygrid.say('shown', words);
    }
  },
};

// The legend of a comparison: kinds of change with their counts, each the switch of what it explains; levels and ground folded away.
'use strict';
Citygrid.CompareLegend = {
  open() {
    const { page, make, say, Panel, Compare } = Citygrid;
    const kinds = page.kinds.map((kind, number) => {
      const row = Panel.box('checkbox', {
        checked: kind.shown, disabled: !kind.count, onchange: (event) => Compare.switchKind(number, event.target.checked),
      }, this.swatch(kind), kind.name, kind.count);
      row.classList.toggle('none', !kind.count);
      return row;
    });
    const group = Panel.group(say('compare.kinds'), kinds);
    group.classList.add('columns');
    const lines = make('div', { class: 'columns lines' },
      Panel.box('checkbox', { checked: true, onchange: (event) => this.other(event.target.checked) }, this.stroke('#4d565e', '4 4'), say('compare.other_border'), null),
      make('label', { class: 'plain' }, this.stroke('#7a828a', 'none'), make('span', { class: 'name' }, say('compare.unchanged'))));
    const areas = page.layers.filter((layer) => layer.drawer === 'areas').map((layer) => Panel.layer(layer, Panel.line(layer.line)));
    const ground = page.layers.filter((layer) => layer.drawer === 'ground').map((layer) => Panel.layer(layer, Panel.swatch(Panel.groundColour(layer))));
    const folded = make('details', {}, make('summary', {}, say('layers')),
      areas.length ? make('div', { class: 'columns' }, ...areas) : null,
      ground.length ? Panel.group(say('ground'), [make('div', { class: 'columns' }, ...ground)]) : null);
    const clipped = page.clipped ? make('p', { class: 'note' }, say('compare.clipped')) : null;
    document.getElementById('legend').replaceChildren(...[group, lines, clipped, areas.length || ground.length ? folded : null].filter(Boolean));
    this.sources();
    Panel.refresh();
  },

  /** Where the two generations come from, when not from the same place. */
  sources() {
    const { heading, before } = Citygrid.page, place = document.getElementById('source');
    if (before.source && before.source !== heading.source) {
      const parts = [['compare.before', before], ['compare.after', heading]].filter(([, one]) => one.source);
      place.textContent = parts.map(([key, one]) => `${Citygrid.say(key)} · ${Citygrid.say('source', { source: one.source })}`).join('；');
    }
    document.getElementById('synthetic').hidden = !(heading.synthetic || before.synthetic);
    document.getElementById('facts').textContent = [['compare.before', before], ['compare.after', heading]]
      .map(([key, one]) => `${Citygrid.say(key)} · ${Citygrid.Panel.facts(one)}`).join('\n');
  },

  other(on) {
    Citygrid.Compare.otherBorder = on;
    Citygrid.Compare.redraw();
  },

  stroke(colour, dash) {
    return Citygrid.Panel.svg(28, 14, '0 0 28 14', { d: 'M1 7H27', stroke: colour, 'stroke-width': 1.6, 'stroke-dasharray': dash, fill: 'none' });
  },

  /** A kind of change as it looks on the map: tint, hatching, outline. */
  swatch(kind) {
    const { Panel, Side } = Citygrid, shapes = [];
    shapes.push({ d: 'M0 0H24V16H0Z', fill: kind.colour, 'fill-opacity': kind.hatch === 'solid' ? 0.3 : kind.hatch === 'none' ? 0.05 : 0.14 });
    const tile = Side.HATCHES[kind.hatch];
    for (let x = 0; tile && x < 24; x += Side.TILE) for (let y = 0; y < 16; y += Side.TILE) {
      const paint = kind.hatch === 'dots' ? { fill: kind.colour } : { fill: 'none', stroke: kind.colour, 'stroke-width': 1.2 };
      shapes.push({ d: tile, transform: `translate(${x} ${y})`, ...paint });
    }
    shapes.push({ d: 'M1 1H23V15H1Z', fill: 'none', stroke: kind.colour, 'stroke-width': 1.8, 'stroke-dasharray': kind.dash.join(' ') || 'none' });
    return Panel.svg(24, 16, '0 0 24 16', ...shapes);
  },
};

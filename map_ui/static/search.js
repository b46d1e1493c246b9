// The search box: areas by code or name, points by the columns their layer names. Choosing a result goes there.
'use strict';
Citygrid.Search = {
  MOST: 30,

  open() {
    this.input = document.getElementById('query');
    this.list = document.getElementById('found');
    this.note = document.getElementById('found-note');
    this.entries = [...this.pointEntries(), ...this.areaEntries()];
    this.active = -1;
    this.results = [];
    this.input.disabled = false;
    this.input.addEventListener('input', () => this.look());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('focus', () => this.look());
    document.addEventListener('click', (event) => {
      if (!document.getElementById('find').contains(event.target)) this.hide();
    });
  },

  areaEntries() {
    const { areas } = Citygrid.Shapes;
    if (!areas) return [];
    return areas.code.map((code, row) => {
      const name = Citygrid.cell(areas.name, row);
      return { text: name, more: `${Citygrid.page.levels[areas.level[row]]} · ${code}`, key: `${name}\n${code}`.toLowerCase(), go: () => this.goArea(row) };
    });
  },

  pointEntries() {
    return Citygrid.Points.sets.flatMap((set) => Array.from({ length: set.xy.length / 2 }, (unused, row) => {
      const texts = set.layer.searched.map((column) => Citygrid.Points.show(set, column, row));
      const title = Citygrid.Points.show(set, set.layer.title, row);
      return { text: title || texts[0], more: texts.filter((text) => text !== title).join(' · '), key: texts.join('\n').toLowerCase(), go: () => this.goPoint(set, row) };
    }));
  },

  goArea(row) {
    const { Shapes } = Citygrid;
    let at = row;
    while (at >= 0 && !Shapes.bounds(at)) at = Shapes.areas.parent[at];
    if (at >= 0) Citygrid.map.fitBounds(Shapes.bounds(at), { padding: [40, 40], maxZoom: 18 });
    Citygrid.Details.showArea(row);
  },

  goPoint(set, row) {
    Citygrid.map.setView(Citygrid.Points.place(set, row), Math.max(Citygrid.map.getZoom(), 17.5));
    Citygrid.Details.showPoint(set, row);
  },

  look() {
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) {
      this.hide();
      this.note.textContent = '';
      return;
    }
    const found = this.entries.filter((entry) => words.every((word) => entry.key.includes(word)));
    // What begins with the words comes first: typing a community's name must not list its hundred grids before it.
    const begins = (entry) => (entry.key.startsWith(words[0]) || entry.key.includes('\n' + words[0]) ? 0 : 1);
    found.sort((a, b) => begins(a) - begins(b) || a.text.length - b.text.length);
    this.results = found.slice(0, this.MOST);
    this.active = this.results.length ? 0 : -1;
    this.list.replaceChildren(...this.results.map((entry, number) => Citygrid.make('li', {
      id: `found-${number}`, role: 'option', 'aria-selected': number === this.active ? 'true' : 'false', onclick: () => this.choose(number),
    }, Citygrid.make('span', {}, entry.text), Citygrid.make('small', {}, entry.more))));
    this.list.hidden = !this.results.length;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    this.mark();
    const more = found.length - this.results.length;
    this.note.textContent = !found.length ? Citygrid.say('search.none') : more ? Citygrid.say('search.more', { n: more }) : Citygrid.say('search.found', { n: found.length });
  },

  key(event) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (this.list.hidden) this.look();
      const count = this.results.length;
      if (count) this.active = (this.active + (event.key === 'ArrowDown' ? 1 : count - 1)) % count;
      this.mark();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (this.list.hidden) this.look();
      if (this.active >= 0) this.choose(this.active);
    } else if (event.key === 'Escape') this.hide();
  },

  mark() {
    [...this.list.children].forEach((item, number) => item.setAttribute('aria-selected', String(number === this.active)));
    if (this.active >= 0 && !this.list.hidden) {
      this.input.setAttribute('aria-activedescendant', `found-${this.active}`);
      this.list.children[this.active].scrollIntoView({ block: 'nearest' });
    } else this.input.removeAttribute('aria-activedescendant');
  },

  choose(number) {
    const entry = this.results[number];
    this.input.value = entry.text;
    this.hide();
    entry.go();
  },

  hide() {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.mark();
  },
};

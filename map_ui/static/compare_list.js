// The list of changes: searched, walked with the arrow keys; a click or Enter brings both maps to a change.
'use strict';
Citygrid.CompareList = {
  MOST: 2000,

  open() {
    this.box = document.getElementById('changes');
    this.input = document.getElementById('query');
    this.note = document.getElementById('found-note');
    this.shown = [];
    this.active = -1;
    this.items = new Map();
    this.keys = Array.from({ length: Citygrid.Compare.count() }, (unused, change) => this.key(change));
    this.input.disabled = false;
    this.input.addEventListener('input', () => this.look());
    this.input.addEventListener('keydown', (event) => this.inSearch(event));
    this.box.addEventListener('keydown', (event) => this.inList(event));
    this.look();
  },

  key(change) {
    const { Compare } = Citygrid;
    const columns = ['name', 'name_before', 'name_after', 'from_code', 'to_code', 'from_name', 'to_name', 'from_parent', 'to_parent', 'from_parent_name', 'to_parent_name'];
    const texts = columns.map((column) => Compare.text(column, change));
    return [Compare.changes.code[change], Compare.kind(change).name, this.level(change), ...texts].join('\n').toLowerCase();
  },

  level(change) {
    return Citygrid.page.levels[Citygrid.Compare.changes.level[change]] ?? '';
  },

  look() {
    const { Compare, say, make } = Citygrid, words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.keys.map((key, change) => change).filter((change) => Compare.shown(change) && words.every((word) => this.keys[change].includes(word)));
    this.shown = found.slice(0, this.MOST);
    this.active = this.shown.indexOf(Compare.chosen);
    this.box.replaceChildren(...this.shown.map((change) => this.item(change)));
    if (!found.length) this.box.append(make('p', { class: 'note' }, Compare.count() ? words.length ? say('search.none') : say('compare.none_shown') : say('compare.empty')));
    const n = (number) => number.toLocaleString(Citygrid.page.language);
    this.note.textContent = !Compare.count() ? '' : found.length > this.MOST ? say('search.more', { n: n(found.length - this.MOST) }) : say('shown', { n: n(found.length), all: n(Compare.count()) });
    this.mark();
  },

  item(change) {
    if (this.items.has(change)) return this.items.get(change);
    const { Compare, make } = Citygrid, kind = Compare.kind(change), lines = this.lines(change);
    const made = make('div', { id: `change-${change}`, role: 'option', 'aria-selected': 'false', onclick: () => this.go(this.shown.indexOf(change)) },
      Citygrid.CompareLegend.swatch(kind),
      make('div', {},
        make('p', { class: 'title' }, make('span', { class: 'what' }, Compare.text('name', change) || Compare.changes.code[change]), make('span', { class: 'kind' }, kind.name)),
        make('p', { class: 'where' }, [this.level(change), Compare.changes.code[change]].filter(Boolean).join(' · ')),
        ...lines.map((line) => make('p', {}, line))));
    made.querySelector('.kind').style.color = kind.colour;
    this.items.set(change, made);
    return made;
  },

  /** What happened, in words: only what differs. */
  lines(change) {
    const { Compare, say } = Citygrid, { changes } = Compare, kind = Compare.kind(change).kind, lines = [];
    const named = (name, code) => Compare.text(name, change) || Compare.text(code, change);
    const pair = (key, before, after) => lines.push(say(key, { before: before || say('compare.nothing'), after: after || say('compare.nothing') }));
    if (kind === 'added' && Compare.text('from_code', change)) lines.push(say('compare.split_from', { area: named('from_name', 'from_code') }));
    if (kind === 'retired' && Compare.text('to_code', change)) lines.push(say('compare.merged_into', { area: named('to_name', 'to_code') }));
    if (kind === 'reparented') pair('compare.parent', named('from_parent_name', 'from_parent'), named('to_parent_name', 'to_parent'));
    if (kind === 'renamed') pair('compare.name', Compare.text('name_before', change), Compare.text('name_after', change));
    if (kind === 'recoded') pair('compare.code', Compare.text('from_code', change) || changes.code[change], Compare.text('to_code', change) || changes.code[change]);
    const sizes = this.sizes(change, kind);
    if (sizes) lines.push(sizes);
    return lines;
  },

  /** Ground and households: both sides where they differ, the one side there is of an added or retired area. */
  sizes(change, kind) {
    const { changes } = Citygrid.Compare, say = Citygrid.say, n = (number) => number.toLocaleString(Citygrid.page.language);
    const one = { added: 1, retired: 0 }[kind], parts = [];
    const [areas, unit] = this.areas(changes.area_m2_before[change], changes.area_m2_after[change]);
    const households = [changes.households_before[change], changes.households_after[change]].map(n);
    const tell = (name, values, wrap) => {
      const [before, after] = values.map((value) => value || say('compare.nothing'));
      if (one === undefined && before !== after) parts.push(say(`compare.${name}`, { before, after: values[1] ? wrap(after) : after }));
      else if (one !== undefined && values[one]) parts.push(`${say(`compare.${name}_now`)} ${wrap(values[one])}`);
    };
    if (['added', 'retired', 'reshaped', 'touched'].includes(kind)) tell('area', areas, (value) => say(unit, { n: value }));
    tell('households', households, (value) => value);
    return parts.join(' · ');
  },

  /** Two areas in the unit that suits the larger one, '' for none, and the key of the unit. */
  areas(before, after) {
    const wide = Math.max(before ?? 0, after ?? 0) >= 1e6, digits = { maximumFractionDigits: wide ? 3 : 0 };
    const shown = [before, after].map((area) => (area === null ? '' : (wide ? area / 1e6 : area).toLocaleString(Citygrid.page.language, digits)));
    return [shown, wide ? 'compare.square_kilometres' : 'compare.square_metres'];
  },

  inSearch(event) {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      this.box.focus();
      this.walk(this.active < 0 ? 0 : this.active);
    } else if (event.key === 'Enter' && this.shown.length) this.go(Math.max(this.active, 0));
    else if (event.key === 'Escape') {
      this.input.value = '';
      this.look();
    }
  },

  inList(event) {
    const last = this.shown.length - 1;
    const to = { ArrowDown: this.active + 1, ArrowUp: this.active - 1, Home: 0, End: last, PageDown: this.active + 8, PageUp: this.active - 8 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.walk(Math.max(0, Math.min(last, to)));
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.go(Math.max(this.active, 0));
    } else if (event.key === 'Escape') Citygrid.Compare.choose(-1, false);
  },

  /** Marks an entry as the next one to be gone to. */
  walk(number) {
    this.active = number;
    this.point();
  },

  go(number) {
    if (number < 0 || number >= this.shown.length) return;
    this.active = number;
    Citygrid.Compare.choose(this.shown[number], true);
    document.getElementById('stage').scrollIntoView({ block: 'nearest' });
  },

  /** Shows in the list what is chosen on the map. */
  mark() {
    const at = this.shown.indexOf(Citygrid.Compare.chosen);
    for (const change of this.shown) this.items.get(change).setAttribute('aria-selected', String(change === Citygrid.Compare.chosen));
    if (at >= 0) this.active = at;
    this.point();
  },

  point() {
    for (const made of this.box.querySelectorAll('.active')) made.classList.remove('active');
    if (this.active < 0 || this.active >= this.shown.length) {
      this.box.removeAttribute('aria-activedescendant');
      return;
    }
    const made = this.items.get(this.shown[this.active]);
    made.classList.add('active');
    this.box.setAttribute('aria-activedescendant', made.id);
    // scrollIntoView would also scroll the page, where the maps stand above the list.
    const above = made.offsetTop - this.box.scrollTop, below = above + made.offsetHeight - this.box.clientHeight;
    if (above < 0) this.box.scrollTop += above;
    else if (below > 0) this.box.scrollTop += below;
  },
};

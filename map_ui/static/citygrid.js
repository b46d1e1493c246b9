// The page's own namespace: reads the two JSON blocks, unpacks the data, starts the parts in order.
// Texts reach the page by textContent only; nothing here writes HTML.
'use strict';
const Citygrid = {
  page: null,
  data: null,
  map: null,
  // The left one of two maps that move together; null where there is one.
  before: null,
  layers: new Map(),

  /** A text of the page's language, {name} replaced from `values`. */
  say(key, values) {
    const text = Citygrid.page.texts[key] ?? key;
    return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
  },

  /** An element with attributes and children; strings become text nodes. */
  make(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, '');
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  },

  /** The Leaflet layer folium puts on the map for a key; the canvas draws it while it is there. */
  layer(key) {
    const made = new Citygrid.Switch(key);
    Citygrid.layers.set(key, made);
    return made;
  },

  /** What draws: one map's picture, or the two of a comparison. */
  get picture() {
    return Citygrid.Compare || Citygrid.Picture;
  },

  get maps() {
    return Citygrid.before ? [Citygrid.before, Citygrid.map] : [Citygrid.map];
  },

  shown(key) {
    return Citygrid.map.hasLayer(Citygrid.layers.get(key));
  },

  /** Sums of differences, as plain numbers. */
  sums(differences) {
    const out = new Float64Array(differences.length);
    let total = 0;
    for (let i = 0; i < out.length; i++) out[i] = total += differences[i];
    return out;
  },

  /** x and y of the square world (0..1, Web Mercator, as Leaflet draws) from running differences in 1e-6 degrees. */
  world(differences) {
    const out = new Float64Array(differences.length);
    let lon = 0, lat = 0;
    for (let i = 0; i < out.length; i += 2) {
      lon += differences[i];
      lat += differences[i + 1];
      out[i] = lon / 360e6 + 0.5;
      out[i + 1] = 0.5 - Math.asinh(Math.tan((lat / 1e6) * Math.PI / 180)) / (2 * Math.PI);
    }
    return out;
  },

  toLatLng(x, y) {
    return L.latLng(Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180 / Math.PI, (x - 0.5) * 360);
  },

  /** Cell of a packed column. */
  cell(column, row) {
    return column.list ? column.list[row] : column.values[column.index[row]];
  },

  async start(map) {
    Citygrid.map = map;
    const message = document.getElementById('message');
    try {
      Citygrid.page = JSON.parse(document.getElementById('page-block').textContent);
      Citygrid.Panel.heading();
      Citygrid.Controls.add(map);
      if (typeof DecompressionStream === 'undefined') {
        message.className = 'message';
        message.textContent = Citygrid.say('no_unpacking');
        return;
      }
      Citygrid.data = await Citygrid.unpack();
      if (Citygrid.Compare) Citygrid.Compare.open();
      else {
        Citygrid.Picture.open(map);
        Citygrid.Panel.open();
        Citygrid.Details.open(map);
        Citygrid.Search.open();
      }
      message.hidden = Citygrid.page.rows > 0;
      message.className = 'message';
      message.textContent = Citygrid.Compare ? Citygrid.say('compare.empty') : Citygrid.say('empty');
      document.body.dataset.ready = 'yes';
    } catch (trouble) {
      message.className = 'message';
      message.hidden = false;
      message.textContent = Citygrid.page ? Citygrid.say('broken') : String(trouble);
      throw trouble;
    }
  },

  async unpack() {
    const block = JSON.parse(document.getElementById('data-block').textContent);
    const bytes = Uint8Array.from(atob(block.payload), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return JSON.parse(await new Response(stream).text());
  },
};

// A layer without a picture of its own: it only says whether its key is to be drawn.
Citygrid.Switch = L.Layer.extend({
  initialize(key) {
    this.key = key;
  },
  onAdd() {
    Citygrid.picture.redraw();
  },
  onRemove() {
    Citygrid.picture.redraw();
  },
});

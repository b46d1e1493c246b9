// Around the map: zoom buttons, extents, scale bar, keyboard, paper.
'use strict';
Citygrid.Scale = L.Control.extend({
  options: { position: 'bottomleft' },
  onAdd(map) {
    this._bar = Citygrid.make('div', { class: 'scale' });
    map.on('zoomend moveend resize', this._draw, this);
    map.whenReady(this._draw, this);
    return this._bar;
  },
  onRemove(map) {
    map.off('zoomend moveend resize', this._draw, this);
  },
  _draw() {
    const map = this._map, y = map.getSize().y / 2;
    const metres = map.distance(map.containerPointToLatLng([0, y]), map.containerPointToLatLng([120, y]));
    const power = 10 ** Math.floor(Math.log10(metres)), step = metres / power;
    const round = power * (step >= 5 ? 5 : step >= 2 ? 2 : 1);
    this._bar.style.width = `${Math.round((round / metres) * 120)}px`;
    this._bar.textContent = round >= 1000 ? `${round / 1000} ${Citygrid.say('kilometres')}` : `${round} ${Citygrid.say('metres')}`;
  },
});

Citygrid.Controls = {
  add(map) {
    const { page, say } = Citygrid;
    for (const each of Citygrid.maps) {
      each.getContainer().setAttribute('role', 'application');
      each.getContainer().setAttribute('aria-label', say('map'));
    }
    const zoom = L.control.zoom({ position: 'topright', zoomInTitle: say('zoom_in'), zoomOutTitle: say('zoom_out') }).addTo(map);
    if (page.everything) {
      const differs = JSON.stringify(page.everything) !== JSON.stringify(page.core);
      const buttons = [differs ? this.extent(Citygrid.Compare ? 'compare.all_changes' : 'extent.core', page.core, map) : null, this.extent('extent.all', page.everything, map)];
      const bar = L.control({ position: 'topright' });
      bar.onAdd = () => {
        const made = Citygrid.make('div', { class: 'leaflet-bar extents' }, ...buttons);
        L.DomEvent.disableClickPropagation(made);
        return made;
      };
      bar.addTo(map);
    }
    new Citygrid.Scale().addTo(map);
    map.on('zoomend', () => Citygrid.data && Citygrid.Panel.refresh());
    this.paper(map);
    return zoom;
  },

  extent(key, bounds, map) {
    return Citygrid.make('button', { type: 'button', onclick: () => map.fitBounds(bounds) }, Citygrid.say(key));
  },

  /** Paper: the page takes the paper's size before it is printed, and the map is fitted to what was seen. */
  paper(map) {
    const { make, say } = Citygrid, place = document.getElementById('paper');
    const choice = make('select', { 'aria-label': say('paper'), onchange: (event) => (document.body.dataset.paper = event.target.value) },
      make('option', { value: 'A4' }, 'A4'), make('option', { value: 'A3' }, 'A3'));
    document.body.dataset.paper = 'A4';
    // In the sandbox a served page lives in, print() is silently refused; there the browser's own menu prints.
    const served = window.origin === 'null' && location.protocol !== 'file:';
    place.replaceChildren(...[make('label', {}, say('paper'), ' ', choice), served ? null : make('button', { type: 'button', onclick: () => window.print() }, say('print'))].filter(Boolean));
    let seen = null;
    const set = (printing) => {
      if (printing === document.body.classList.contains('printing')) return;
      if (printing) seen = map.getBounds();
      document.body.classList.toggle('printing', printing);
      for (const each of Citygrid.maps) each.invalidateSize({ animate: false });
      map.fitBounds(seen, { animate: false });
      Citygrid.picture.repaint();
    };
    window.addEventListener('beforeprint', () => set(true));
    window.addEventListener('afterprint', () => set(false));
  },
};

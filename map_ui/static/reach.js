// Circles around the places that are shown, in metres on the ground; each distance is a switch of the legend.
'use strict';
Citygrid.Reach = {
  DASHES: [[], [8, 5], [2, 5]],
  off: new Set(),

  /** Pixels at a latitude for metres on the ground; scale: pixels around the world. */
  pixels(metres, y, scale) {
    const lat = Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI));
    return (metres / (40075016.686 * Math.cos(lat))) * scale;
  },

  paint(frame) {
    const { pen, scale, left, top } = frame, set = Citygrid.Points.sets.find((one) => one.layer.key === 'facilities');
    if (!set || !Citygrid.shown('facilities')) return;
    pen.save();
    Citygrid.page.circles.forEach((circle, number) => {
      if (this.off.has(number)) return;
      pen.beginPath();
      for (const row of set.rows) {
        const x = set.xy[row * 2] * scale - left, y = set.xy[row * 2 + 1] * scale - top;
        const radius = this.pixels(circle.metres, set.xy[row * 2 + 1], scale);
        if (radius < 5) continue;
        pen.moveTo(x + radius, y);
        pen.arc(x, y, radius, 0, 7);
      }
      pen.lineWidth = 1.2;
      pen.strokeStyle = '#00573d';
      pen.setLineDash(this.DASHES[number % 3]);
      pen.stroke();
    });
    pen.restore();
  },

  legend() {
    const { page, Panel } = Citygrid;
    const rows = page.circles.map((circle, number) => Panel.box('checkbox', {
      checked: true,
      onchange: (event) => {
        if (event.target.checked) this.off.delete(number);
        else this.off.add(number);
        Citygrid.Picture.redraw();
      },
    }, Panel.line({ colour: '#00573d', width: 1.4, dash: this.DASHES[number % 3] }), circle.label, null));
    return Panel.group(page.circles_name, rows);
  },
};

(() => {
  const { Points, Panel } = Citygrid, paint = Points.paint, open = Panel.open;
  Points.paint = function (frame, labels) {
    Citygrid.Reach.paint(frame);
    paint.call(this, frame, labels);
  };
  Panel.open = function () {
    open.call(this);
    const legend = document.getElementById('legend'), first = legend.querySelector('fieldset');
    legend.insertBefore(Citygrid.Reach.legend(), first);
  };
})();

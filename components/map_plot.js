// Draws small maps of the same items beside each other. What the pointer or the arrow keys are at, and
// what is selected, lights up in all of them at once; only a selection goes back to Python.

const REACH = 16; // how far from a point a click still means it, in CSS pixels
const MARGIN = 12;
const files = new Map(); // address -> the points, loaded once

function load(source) {
  if (!files.has(source)) {
    if (files.size > 8) files.delete(files.keys().next().value);
    files.set(source, fetch(source).then((answer) => answer.json()));
  }
  return files.get(source);
}

// What a colour of the style sheet is just now, in this theme.
function ink(root, colour) {
  const probe = root.appendChild(document.createElement("i"));
  probe.style.color = colour;
  const now = getComputedStyle(probe).color;
  probe.remove();
  return now;
}

class Plate {
  constructor(atlas, figure) {
    this.atlas = atlas;
    this.figure = figure;
    this.space = figure.dataset.space;
    this.canvas = figure.querySelector("canvas");
    this.tip = figure.querySelector(".tr-map-tip");
    this.below = figure.querySelector(".tr-map-near");
    this.ground = document.createElement("canvas"); // all points, drawn when something about them changes
    this.canvas.onpointermove = (e) => atlas.look(this, this.nearest(e));
    this.canvas.onpointerleave = () => atlas.look(this, null);
    this.canvas.onclick = (e) => atlas.select(this.nearest(e, e.pointerType === "touch" ? 2 : 1));
    this.canvas.onkeydown = (e) => this.key(e);
    this.canvas.onblur = () => atlas.look(this, null);
  }

  // Puts the points where they belong at this size.
  fit() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const dots = window.devicePixelRatio || 1;
    this.size = [width, height];
    for (const c of [this.canvas, this.ground]) {
      c.width = Math.round(width * dots);
      c.height = Math.round(height * dots);
      c.getContext("2d").setTransform(dots, 0, 0, dots, 0, 0);
    }
    const map = this.atlas.points.spaces[this.space];
    const scale = (v, side) => MARGIN + ((side - 2 * MARGIN) * v) / this.atlas.points.steps;
    this.x = map.x.map((v) => scale(v, width));
    this.y = map.y.map((v) => scale(v, height));
    this.place = new Map(map.at.map((row, n) => [row, n]));
    this.rows = map.at;
  }

  radius() {
    const room = Math.sqrt((this.size[0] * this.size[1]) / Math.max(60, this.rows.length));
    return Math.max(1.7, Math.min(4.2, room / 4.4));
  }

  drawGround() {
    const pen = this.ground.getContext("2d");
    const { marks, inks, points } = this.atlas;
    const r = this.radius();
    pen.clearRect(0, 0, ...this.size);
    pen.globalAlpha = this.atlas.selected === null ? 0.9 : 0.55;
    for (const group of [marks.length - 1, ...marks.keys()].slice(0, marks.length)) {
      const path = new Path2D();
      this.rows.forEach((row, n) => {
        if (points.groups[row] !== group) return;
        marks[group].outline.forEach(([dx, dy], corner) => {
          const at = [this.x[n] + r * dx, this.y[n] + r * dy];
          if (corner) path.lineTo(...at);
          else path.moveTo(...at);
        });
        path.closePath();
      });
      pen.fillStyle = inks.marks[group];
      pen.strokeStyle = inks.card;
      pen.lineWidth = 0.7;
      pen.fill(path);
      pen.stroke(path);
    }
  }

  point(pen, row, grow) {
    const n = this.place.get(row);
    if (n === undefined) return null;
    const mark = this.atlas.marks[this.atlas.points.groups[row]];
    const r = this.radius() * grow;
    pen.beginPath();
    for (const [dx, dy] of mark.outline) pen.lineTo(this.x[n] + r * dx, this.y[n] + r * dy);
    pen.closePath();
    pen.fillStyle = this.atlas.inks.marks[this.atlas.points.groups[row]];
    pen.fill();
    return [this.x[n], this.y[n], r];
  }

  ring(pen, row, colour, width, gap, grow = 1.25) {
    const at = this.point(pen, row, grow);
    if (!at) return;
    pen.beginPath();
    pen.arc(at[0], at[1], at[2] + gap, 0, 2 * Math.PI);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke();
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    const { inks, selected, seen } = this.atlas;
    pen.clearRect(0, 0, ...this.size);
    pen.drawImage(this.ground, 0, 0, ...this.size);
    const from = this.place.get(selected);
    pen.strokeStyle = inks.axis;
    pen.lineWidth = 1;
    for (const row of this.near) {
      const n = this.place.get(row);
      if (from === undefined || n === undefined) continue;
      pen.beginPath();
      pen.moveTo(this.x[from], this.y[from]);
      pen.lineTo(this.x[n], this.y[n]);
      pen.stroke();
    }
    for (const row of this.near) this.ring(pen, row, inks.ink, 1.2, 2.5);
    if (selected !== null) this.ring(pen, selected, inks.accent, 2.6, 5, 1.5);
    if (seen !== null) this.ring(pen, seen, inks.accent, 1.4, 3.5, 1.4);
    this.tell();
  }

  tell() {
    const { seen, points, at } = this.atlas;
    const n = at === this && seen !== null ? this.place.get(seen) : undefined;
    this.tip.hidden = n === undefined;
    if (n === undefined) return;
    this.tip.textContent = points.titles[seen];
    const left = this.x[n] > this.size[0] / 2;
    this.tip.style.left = left ? "" : `${this.x[n] + 10}px`;
    this.tip.style.right = left ? `${this.size[0] - this.x[n] + 10}px` : "";
    this.tip.style.top = `${Math.max(0, this.y[n] - 26)}px`;
  }

  nearest(event, patience = 1) {
    if (!this.x) return null;
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = null;
    let least = (REACH * patience) ** 2;
    this.rows.forEach((row, n) => {
      const far = (this.x[n] - x) ** 2 + (this.y[n] - y) ** 2;
      if (far < least) [best, least] = [row, far];
    });
    return best;
  }

  // Arrow keys go to the next point in that direction, Enter selects it.
  key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const { seen, selected } = this.atlas;
    if (event.key === "Enter" || event.key === " ") this.atlas.select(seen);
    else if (event.key === "Escape") this.atlas.look(this, null);
    else if (step) this.atlas.look(this, this.towards(step, this.place.get(seen ?? selected)), true);
    else return;
    event.preventDefault();
  }

  towards([dx, dy], from) {
    const x0 = from === undefined ? this.size[0] / 2 : this.x[from];
    const y0 = from === undefined ? this.size[1] / 2 : this.y[from];
    let best = from === undefined ? null : this.rows[from];
    let least = Infinity;
    this.rows.forEach((row, n) => {
      const along = (this.x[n] - x0) * dx + (this.y[n] - y0) * dy;
      const aside = Math.abs((this.x[n] - x0) * dy + (this.y[n] - y0) * dx);
      if (along > 0.5 && along + 2 * aside < least) [best, least] = [row, along + 2 * aside];
    });
    return best;
  }
}

class Atlas {
  constructor(root) {
    this.root = root;
    this.plates = [];
    this.seen = null;
    this.at = null;
    this.watch = new ResizeObserver(() => this.redraw());
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => setTimeout(() => this.redraw(), 200); // Streamlit follows a moment later
    this.theme.addEventListener("change", this.onTheme);
    root.onclick = (e) => {
      const button = e.target.closest("[data-id]");
      if (button) this.send(button.dataset.id);
    };
    root.onpointerover = root.onfocusin = (e) => {
      const button = e.target.closest("[data-id]");
      if (button && this.rowOf) this.look(null, this.rowOf.get(button.dataset.id) ?? null);
    };
    root.onpointerout = (e) => e.target.closest("[data-id]") && this.look(null, null);
  }

  async update(data, send) {
    this.send = (id) => send("event", { action: "select", id });
    this.data = data;
    if (this.html !== data.html) {
      this.html = data.html;
      this.root.innerHTML = data.html;
      this.plates = [...this.root.querySelectorAll(".tr-map")].map((f) => new Plate(this, f));
      this.said = this.root.querySelector("[role=status]");
      this.watch.disconnect();
      for (const plate of this.plates) this.watch.observe(plate.canvas);
    }
    for (const plate of this.plates) {
      const below = data.below[plate.space];
      if (plate.shown === below) continue;
      const focus = plate.below.contains(document.activeElement);
      plate.below.innerHTML = plate.shown = below;
      if (focus) plate.canvas.focus({ preventScroll: true });
    }
    const points = await load(data.source);
    if (this.data !== data) return; // something newer came meanwhile
    this.points = points;
    this.marks = data.marks;
    this.rowOf = new Map(points.ids.map((id, row) => [id, row]));
    this.selected = this.rowOf.get(data.selected) ?? null;
    this.seen = null;
    for (const plate of this.plates) {
      plate.near = data.near[plate.space].map((id) => this.rowOf.get(id)).filter((r) => r !== undefined);
    }
    this.redraw();
  }

  redraw() {
    if (!this.points || !this.root.isConnected) return;
    const named = (name) => ink(this.root, `var(--tr-${name})`);
    this.inks = { marks: this.marks.map((mark) => ink(this.root, mark.ink)) };
    for (const name of ["ink", "card", "axis", "accent"]) this.inks[name] = named(name);
    for (const plate of this.plates) {
      plate.fit();
      plate.drawGround();
    }
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.turn);
    this.turn = requestAnimationFrame(() => {
      if (this.points) for (const plate of this.plates) plate.draw();
    });
  }

  look(plate, row, aloud = false) {
    if (plate) plate.canvas.style.cursor = row === null ? "" : "pointer";
    if (row === this.seen && plate === this.at) return;
    [this.seen, this.at] = [row, plate];
    if (aloud && row !== null) this.said.textContent = this.points.titles[row];
    this.draw();
  }

  select(row) {
    if (row === null || row === this.selected) return;
    this.selected = row; // at once; what is near it follows from Python
    for (const plate of this.plates) plate.near = [];
    this.draw();
    this.send(this.points.ids[row]);
  }

  close() {
    this.watch.disconnect();
    this.theme.removeEventListener("change", this.onTheme);
  }
}

const atlases = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".tr-maps");
  if (!atlases.has(root)) atlases.set(root, new Atlas(root));
  const atlas = atlases.get(root);
  atlas.update(data, setTriggerValue);
  return () => {
    atlas.close();
    atlases.delete(root);
  };
}

"use strict";
(function () {
  const data = JSON.parse(document.getElementById("frames").textContent);
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const stage = document.getElementById("stage");
  const slider = document.getElementById("week");
  const shown = document.getElementById("shown");
  const play = document.getElementById("play");
  const space = "http://www.w3.org/2000/svg";
  const words = data.words;
  const places = data.places.length, domains = data.domains.length, last = data.weeks.length - 1;
  const most = Math.max(1e-12, ...data.momentum.map(frame => frame.reduce((a, b) => Math.max(a, b), 0)));

  function make(parent, name, attributes, text) {
    const node = document.createElementNS(space, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    parent.appendChild(node);
    return node;
  }
  function wide(text) {
    let sum = 0;
    for (const sign of text) sum += sign.codePointAt(0) > 0x2e7f ? 12.5 : 6.7;
    return sum;
  }
  function cut(text, room) {
    if (wide(text) <= room) return text;
    let kept = "";
    for (const sign of text) {
      if (wide(kept + sign) > room - 12) break;
      kept += sign;
    }
    return kept + "…";
  }

  const cities = [...new Set(data.parents)];
  const nested = cities.length > 0;
  const row = 26, cell = domains > 16 ? 22 : 40;
  const names = Math.min(210, Math.max(...data.places.map(wide)) + 8);
  const head = Math.min(200, Math.max(...data.domains.map(wide)) + 14);
  const roots = 34, trunk = nested ? 150 : 90, text = trunk + 22, amounts = text + names + 54, grid = amounts + 14;
  const width = grid + domains * cell + 10, height = head + places * row + 34;
  const svg = make(stage, "svg", { width: width, height: height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  const spoken = make(svg, "title", {}, "");
  const at = index => head + (index + 0.5) * row;

  const middleOf = list => list.reduce((a, b) => a + b, 0) / list.length;
  const rows = data.places.map((_, index) => index);
  const root = middleOf(rows.map(at));
  function branch(x0, y0, x1, y1) {
    const bend = x1 - 16;
    make(svg, "path", { d: `M${x0} ${y0}H${bend}V${y1}H${x1}`, fill: "none", stroke: "#8a8a8a" });
  }
  const knots = [];
  if (nested) {
    for (const city of cities) {
      const mine = rows.filter(index => data.parents[index] === city);
      const y = middleOf(mine.map(at));
      branch(roots, root, 92, y);
      for (const index of mine) branch(92, y, trunk, at(index));
      knots.push({ x: 92, y: y, rows: mine, name: city });
    }
  } else {
    for (const index of rows) branch(roots, root, trunk, at(index));
  }
  knots.push({ x: roots, y: root, rows: rows, name: words.province });
  for (const knot of knots) {
    knot.circle = make(svg, "circle", { cx: knot.x, cy: knot.y, stroke: "#1a1a1a" });
    knot.hint = make(knot.circle, "title", {}, "");
    make(svg, "text", { x: knot.x, y: knot.y + 26, "text-anchor": "middle", "font-size": 11 }, cut(knot.name, 64));
  }
  data.domains.forEach((name, d) => {
    const x = grid + (d + 0.5) * cell;
    const label = make(svg, "text", { transform: `translate(${x + 4} ${head - 6}) rotate(-90)` }, cut(name, head - 10));
    make(label, "title", {}, name);
  });
  make(svg, "text", { x: amounts, y: head - 6, "text-anchor": "end", fill: "#5c5c5c" }, words.momentum);
  const lines = rows.map(index => {
    const y = at(index);
    const circle = make(svg, "circle", { cx: trunk, cy: y, stroke: "#1a1a1a" });
    const hint = make(circle, "title", {}, "");
    const label = make(svg, "text", { x: text, y: y + 4 }, cut(data.places[index], names));
    make(label, "title", {}, data.places[index]);
    const amount = make(svg, "text", { x: amounts, y: y + 4, "text-anchor": "end", fill: "#5c5c5c" }, "");
    const cells = data.domains.map((name, d) => {
      const box = make(svg, "rect", { x: grid + d * cell + 1, y: y - row / 2 + 1, width: cell - 2, height: row - 2, stroke: "#d0d0d0" });
      const tip = make(box, "title", {}, "");
      const figure = make(svg, "text", { x: grid + (d + 0.5) * cell, y: y + 4, "text-anchor": "middle", "font-size": 10.5, "pointer-events": "none" }, "");
      return { box: box, tip: tip, figure: figure, name: name };
    });
    return { circle: circle, hint: hint, amount: amount, cells: cells };
  });

  const few = value => value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
  const radius = amount => 2.5 + 8.5 * Math.sqrt(Math.min(amount / most, 1));
  function show(frame) {
    const effect = Array.from(data.effect[frame], sign => digits.indexOf(sign));
    const momentum = data.momentum[frame];
    const means = rows.map(index => {
      let sum = 0;
      for (let d = 0; d < domains; d++) sum += effect[index * domains + d];
      return Math.round(sum / domains);
    });
    lines.forEach((line, index) => {
      line.circle.setAttribute("r", radius(momentum[index]));
      line.circle.setAttribute("fill", data.colours[means[index]]);
      line.hint.textContent = `${data.places[index]}: ${words.momentum} ${few(momentum[index])}`;
      line.amount.textContent = few(momentum[index]);
      line.cells.forEach((one, d) => {
        const value = effect[index * domains + d], percent = Math.round(value / 0.63);
        one.box.setAttribute("fill", data.colours[value]);
        one.figure.setAttribute("fill", value > 32 ? "#ffffff" : "#1a1a1a");
        one.figure.textContent = cell > 30 && percent > 0 ? percent : "";
        one.tip.textContent = `${data.places[index]} · ${one.name}: ${percent}%`;
      });
    });
    for (const knot of knots) {
      const sum = knot.rows.reduce((a, index) => a + momentum[index], 0);
      knot.circle.setAttribute("r", Math.min(radius(sum), 14));
      knot.circle.setAttribute("fill", data.colours[Math.round(middleOf(knot.rows.map(index => means[index])))]);
      knot.hint.textContent = `${knot.name}: ${words.momentum} ${few(sum)}`;
    }
    const dated = text => text.replace("{week}", data.weeks[frame]).replace("{beside}", data.dates[frame]);
    const label = dated(words.week);
    shown.textContent = label;
    slider.setAttribute("aria-valuetext", label);
    spoken.textContent = dated(words.cell);
  }

  slider.max = last;
  slider.value = last;
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  let timer = null;
  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = words.play;
  }
  play.addEventListener("click", () => {
    if (timer !== null) { stop(); return; }
    if (Number(slider.value) >= last) slider.value = 0;
    play.textContent = words.pause;
    show(Number(slider.value));
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show(Number(slider.value));
      if (Number(slider.value) >= last) stop();
    }, 350);
  });
  document.getElementById("ramp").style.background = `linear-gradient(to right, ${data.colours.filter((_, k) => k % 9 === 0).join(",")})`;
  show(last);
})();

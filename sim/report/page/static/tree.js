// The picture of the way, drawn again for what the reader sets: a row a step and an end, and bands of what leads where.

/** @typedef {import("./path.js").Way} Way */

const KINDS = ["yes", "no", "away"];
const SAID = ["carried", "lost", "not put"];

/**
 * @param {Element} picture @param {Way} way
 * @param {{flows: number[][], ends: {chance: number}[]}} found
 * @param {{percent: (chance: number) => string, label: string, told: (string | null)[]}} words `told` are the tallies of the steps
 */
export function redraw(picture, way, {flows, ends}, {percent, label, told}) {
  const sizes = (picture.getAttribute("data-sizes") ?? "").split(" ").map(Number);
  const [start, width, row, deep, , above] = sizes;
  const names = [...way.steps.map(({name}) => name), ...way.ends];
  const steps = way.steps.length;
  /** @type {Map<string, number>} */
  const bands = new Map();
  const reached = new Array(steps).fill(0);
  way.places.forEach(({step, after}, place) => after.forEach((next, how) => {
    const key = [step, how, next < 0 ? steps - 1 - next : way.places[next].step].join(" ");
    bands.set(key, (bands.get(key) ?? 0) + flows[place][how]);
    reached[step] += flows[place][how];
  }));
  let left = start;
  const boxes = names.map((_, box) => {
    if (box < steps) return {x: start + (width * (1 - reached[box])) / 2, y: above + row * box, wide: width * reached[box]};
    const wide = width * ends[box - steps].chance;
    left += wide;
    return {x: left - wide, y: above + row * steps + deep * (box - steps), wide};
  });
  picture.querySelectorAll("rect").forEach((rect, box) => {
    rect.setAttribute("x", boxes[box].x.toFixed(1));
    rect.setAttribute("width", Math.max(boxes[box].wide, 1).toFixed(1));
  });
  const lines = [...told, ...ends.map(({chance}) => percent(chance))];
  picture.querySelectorAll("text[data-box]").forEach((text) => {
    const box = Number(text.getAttribute("data-box"));
    text.textContent = `${lines[box] ?? ""}${text.getAttribute("data-more") ?? ""}`;
  });
  const said = `In the arm ${label}: ${ends.map(({chance}, end) => `${way.ends[end]} ${percent(chance)}`).join(", ")}`;
  /** @type {Element} */ (picture.querySelector("desc")).textContent = said;
  picture.setAttribute("aria-label", `The way, and how it may end. ${said}`);
  drawn(picture, {boxes, names, sizes}, bands, percent);
}

/**
 * @param {Element} picture @param {{boxes: {x: number, y: number}[], names: string[], sizes: number[]}} laid
 * @param {Map<string, number>} bands @param {(chance: number) => string} percent
 */
function drawn(picture, {boxes, names, sizes}, bands, percent) {
  const [, width, row, , thick, , narrowest] = sizes;
  const first = /** @type {Element} */ (picture.querySelector("rect"));
  const old = [...picture.querySelectorAll("path")];
  const real = new Set(old.filter((path) => path.classList.contains("real")).map((path) => path.dataset.band));
  old.forEach((path) => path.remove());
  const [leaving, arriving] = [0, 1].map(() => new Array(names.length).fill(0));
  /** @type {SVGPathElement[]} */
  const later = [];
  for (const [key, chance] of bands) {
    const [step, how, target] = key.split(" ").map(Number);
    const wide = width * chance;
    const [x, to] = [boxes[step].x + leaving[step], boxes[target].x + arriving[target]];
    if (chance < narrowest && !real.has(key)) continue;
    leaving[step] += wide;
    arriving[target] += wide;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape([x, boxes[step].y + thick], [to, boxes[target].y], wide, row - thick));
    path.setAttribute("class", KINDS[how] + (real.has(key) ? " real" : ""));
    path.dataset.band = key;
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = `${names[step]} ${SAID[how]}, then ${names[target]}: ${percent(chance)}`;
    path.append(title);
    if (real.has(key)) later.push(path);
    else first.before(path);
  }
  first.before(...later);
}

/** @param {[number, number]} start @param {[number, number]} end @param {number} wide @param {number} deep where it turns */
function shape([x, top], [to, bottom], wide, deep) {
  const turn = Math.max(top, bottom - deep);
  const middle = (turn + bottom) / 2;
  const at = (/** @type {number} */ number) => number.toFixed(1);
  return `M${at(x)},${at(top)}V${at(turn)}C${at(x)},${at(middle)} ${at(to)},${at(middle)} ${at(to)},${at(bottom)}H${at(to + wide)}`
    + `C${at(to + wide)},${at(middle)} ${at(x + wide)},${at(middle)} ${at(x + wide)},${at(turn)}V${at(top)}Z`;
}

// What the reader sees and sets: the arm, the effect, any state's vote.

import {countsFrom, quantiles} from "./counts.js";
import {togetherOf} from "./path.js";
import {answered, surprisingBelow} from "./posterior.js";
import {redraw} from "./tree.js";

/** @typedef {import("./engine.js").Parameters} Parameters */
/** @typedef {import("./engine.js").Question} Question */
/** @typedef {{cells: [number, number][], words: Record<string, string>,
 *   initial: Record<number, number>, targets: import("./calls.js").Target[], push: number,
 *   reachable: number}} Shown */

const CHOICES = ["yes", "abstain", "no", "non_voting"];
const NAMES = ["yes", "abstain", "no", "not voting"];
const LETTERS = ["Y", "A", "N", "–"];
const ORDER = [0, 2, 1, 3];
const CALLED = 8; // states in the list of whom to call
const NOTED = 0.0005; // gains of less would be shown as 0.0 points
const MOST = 4; // workers at most
const FEW = 200; // points that carry the weight, below which a path is rough

/** @template {Element} T @param {string} id @returns {T} */
function at(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return /** @type {T} */ (/** @type {unknown} */ (found));
}

/** @type {Parameters} */
const parameters = JSON.parse(at("parameters").textContent ?? "");
/** @type {Shown} */
const shown = JSON.parse(at("shown").textContent ?? "");
/** @type {import("./path.js").Way | null} */
const way = JSON.parse(at("path").textContent ?? "");
const {code: codes, name: names} = parameters.states;

/** @returns {Question & {steps: Record<number, Record<number, number>>}} */
function beginning() {
  const steps = Object.fromEntries((way?.steps ?? []).map(({known}, step) => [step, {...known}]));
  return {arm: 0, positions: null, scale: 1, known: {...shown.initial}, steps};
}

let question = beginning();
/** @type {string[]} */
const past = [];
let number = 0;
let last = new Float64Array(0);
/** @type {import("./counts.js").Share[]} */
let shares = [];

/** @param {number} chance one that is neither 0 nor 1 is never shown as either */
function percent(chance) {
  const text = (100 * Math.max(chance, 0)).toFixed(1); // rounding may leave less than none
  const near = text === "0.0" ? "<0.1" : text === "100.0" ? ">99.9" : text;
  return `${near}\u00a0%`; // no line ends before the sign
}

/** @param {number} chance as far as a forecast supports digits */
function whole(chance) {
  const near = 100 * chance < 1 ? "<1" : 100 * chance > 99 ? ">99" : (100 * chance).toFixed(0);
  return `${near}\u00a0%`;
}

/** @param {number} chance @param {boolean} sure */
function short(chance, sure) {
  if (sure) return `${Math.round(100 * chance)}`;
  const whole = Math.round(100 * chance);
  if (whole === 0) return "<1";
  return whole === 100 ? ">99" : `${whole}`;
}

// The state of the page in its address

/** @typedef {ReturnType<typeof beginning>} Set all that is set */

/** @param {Set} asked */
function fragmentOf(asked) {
  const parts = new URLSearchParams();
  parts.set("arm", parameters.arms[asked.arm].name);
  if (asked.positions) {
    parts.set("us", Object.entries(asked.positions).map(([name, chance]) => `${name}:${chance}`).join(","));
  }
  if (asked.scale !== 1) parts.set("effect", String(asked.scale));
  const known = Object.entries(asked.known).map(([state, choice]) => `${codes[Number(state)]}:${CHOICES[choice]}`);
  parts.set("known", known.join(","));
  const ofSteps = stepVotes(asked).map(({step, state, choice}) => `${step + 1}:${codes[state]}:${CHOICES[choice]}`);
  if (way) parts.set("steps", ofSteps.join(","));
  return `#${parts.toString().replaceAll("%3A", ":").replaceAll("%2C", ",")}`;
}

/** @param {string} fragment */
function questionOf(fragment) {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const found = beginning();
  const arm = parameters.arms.findIndex(({name}) => name === parts.get("arm"));
  if (arm >= 0) found.arm = arm;
  const effect = Number(parts.get("effect") ?? 1);
  if (effect >= 0 && effect <= 3) found.scale = effect;
  const pairs = (/** @type {string | null} */ text) => (text ?? "").split(",").map((part) => part.split(":"));
  if (parts.has("us")) {
    const positions = pairs(parts.get("us"))
      .filter(([name, chance]) => name in parameters.positions && Number(chance) > 0 && Number(chance) <= 100);
    if (positions.length) {
      found.positions = Object.fromEntries(positions.map(([name, chance]) => [name, Number(chance)]));
    }
  }
  if (parts.has("known")) {
    found.known = {};
    for (const [code, vote] of pairs(parts.get("known"))) {
      const [state, choice] = [codes.indexOf(code), CHOICES.indexOf(vote)];
      if (mayVote(state) && choice >= 0) found.known[state] = choice;
    }
  }
  if (way && parts.has("steps")) {
    found.steps = Object.fromEntries(way.steps.map((_, step) => [step, {}]));
    for (const [number, code, vote] of pairs(parts.get("steps"))) {
      const [step, state, choice] = [Number(number) - 1, codes.indexOf(code), CHOICES.indexOf(vote)];
      if (maySet(step, state) && choice >= 0) found.steps[step][state] = choice;
    }
  }
  return found;
}

/** @param {number} step @param {number} state whether a reader may set its vote: those the scenario has of a committee stand */
function maySet(step, state) {
  const of = way?.steps[step];
  return Boolean(of?.may_know) && mayVote(state) && !of?.committee?.known.includes(state);
}

/** @param {Set} asked votes of steps that are set */
function stepVotes({steps}) {
  return Object.entries(steps).flatMap(([step, known]) => Object.entries(known).map(([state, choice]) => (
    {step: Number(step), state: Number(state), choice})));
}

/** @param {number} state */
function mayVote(state) {
  return state >= 0 && state !== parameters.us && parameters.probabilities[state][3] < 1;
}

// Changes

/** @param {(asked: Set) => void} change */
function changed(change) {
  past.push(fragmentOf(question));
  change(question);
  refresh();
}

/** @param {number} state @param {number} choice or -1 for none */
function fix(state, choice) {
  if (!mayVote(state)) return;
  changed((asked) => {
    if (choice < 0) delete asked.known[state];
    else asked.known[state] = choice;
  });
}

function undo() {
  const before = past.pop();
  if (before === undefined) return;
  question = questionOf(before);
  refresh();
}

function reset() {
  changed((asked) => Object.assign(asked, beginning()));
}

// Showing

function refresh() {
  history.replaceState(null, "", fragmentOf(question));
  const answer = answered(parameters, question);
  last = answer.states;
  showControls();
  showStates();
  showKnown(answer);
  ask();
  askWay();
}

let asking = 0;
let askedWay = "";
/** @type {import("./path.js").Found[][]} */
let ways = [];

function askWay() {
  const {arm, steps} = question;
  const key = JSON.stringify([arm, steps]);
  if (!way || key === askedWay) return;
  askedWay = key;
  asking++;
  ways = [];
  at("steps").setAttribute("aria-busy", "true");
  showStepVotes();
  workers.forEach((worker, place) => {
    worker.postMessage({path: asking, question: {arm, steps}, share: [place, workers.length]});
  });
}

function showStepVotes() {
  const votes = stepVotes(question);
  at("step-votes").replaceChildren(...votes.map(({step, state, choice}) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${way?.steps[step].name}: ${names[state]} ${NAMES[choice]} ×`;
    button.setAttribute("aria-label", `${button.textContent} frees this vote`);
    button.addEventListener("click", () => changed((asked) => { delete asked.steps[step][state]; }));
    return button;
  }));
}

/** @param {ReturnType<typeof togetherOf>} found */
function showWay(found) {
  if (!way) return;
  const set = stepVotes(question);
  const votes = set.filter(({step}) => !way.steps[step].committee).length;
  const rows = /** @type {HTMLTableElement} */ (at("steps")).tBodies[0].rows;
  const told = way.steps.map(({always}, step) => {
    const here = [...way.places.keys()].filter((place) => way.places[place].step === step);
    const [carried, lost] = [0, 1].map((how) => here.reduce((total, place) => total + found.flows[place][how], 0));
    const put = carried + lost;
    const cells = rows[step].cells;
    cells[1].textContent = always ? "100 %" : whole(put);
    cells[2].textContent = put > 0 ? whole(carried / put) : "";
    const means = ORDER.map((choice, place) => {
      const line = found.tallies[step][choice];
      const mean = line.reduce((total, part, count) => total + part * count, 0);
      const [low, high] = quantiles(line, [0.05, 0.95]);
      const range = document.createElement("span");
      range.className = "range";
      range.textContent = `${low} to ${high}`;
      cells[3 + place].replaceChildren(...(put > 0 ? [mean.toFixed(0), range] : []));
      return mean.toFixed(0);
    });
    return put > 0 ? `${means.slice(0, 3).join("-")}, carried ${whole(carried / put)}` : null;
  });
  const {label} = parameters.arms[question.arm];
  redraw(/** @type {Element} */ (document.querySelector(".way")), way, found, {percent: whole, label, told});
  at("way-arm").textContent = label;
  const given = set.length ? `, given the ${set.length === 1 ? "vote" : `${set.length} votes`} set` : "";
  /** @type {HTMLElement} */ (at("steps").querySelector("caption")).textContent = `Each step, given that it is voted on, if “${label}”${given}: votes expected, 90 % range`;
  at("step-ends").replaceChildren(...found.ends.map(({chance, error}, end) => {
    const line = document.createElement("li");
    line.textContent = `${way.ends[end]}: ${whole(chance)} (± ${(100 * error).toFixed(1)})`;
    return line;
  }));
  at("step-known").textContent = votes
    ? `Chance of what is set: ${oneIn(Math.log(found.known))}.${found.effective < FEW ? ` Only about ${Math.round(found.effective)} of ${way.points.sets * way.points.points} points are left: read this as rough.` : ""}`
    : set.length ? "Only votes in a committee are set." : "No vote of a step is set.";
  at("steps").setAttribute("aria-busy", "false");
}

let askedLast = "";

function ask() {
  const {arm, positions, scale, known} = question;
  const key = JSON.stringify([arm, positions, scale, known, /** @type {HTMLSelectElement} */ (at("target")).value]);
  if (key === askedLast) return;
  askedLast = key;
  number++;
  const target = shown.targets[Number(/** @type {HTMLSelectElement} */ (at("target")).value)];
  for (const waiting of ["counts", "calls"]) at(waiting).setAttribute("aria-busy", "true");
  shares = [];
  workers.forEach((worker, place) => {
    worker.postMessage({number, question, target, push: shown.push, share: [place, workers.length]});
  });
}

/** @param {Float64Array} gains */
function showCalls(gains) {
  const order = [...gains.keys()]
    .filter((state) => mayVote(state) && question.known[state] === undefined && last[4 * state] >= shown.reachable)
    .filter((state) => gains[state] >= NOTED)
    .sort((one, other) => gains[other] - gains[one])
    .slice(0, CALLED);
  const list = at("calls");
  list.replaceChildren(...order.map((state) => {
    const line = document.createElement("li");
    line.textContent = `${names[state]}: +${(100 * gains[state]).toFixed(1)} points (yes ${percentOf(state, 0)})`;
    return line;
  }));
  at("no-call").toggleAttribute("hidden", order.length > 0);
  list.setAttribute("aria-busy", "false");
}

function showControls() {
  for (const radio of document.querySelectorAll("input[name=arm]")) {
    const input = /** @type {HTMLInputElement} */ (radio);
    input.checked = input.value === (question.positions ? "mix" : String(question.arm));
  }
  at("mix").toggleAttribute("hidden", !question.positions);
  for (const input of document.querySelectorAll("#mix input")) {
    const field = /** @type {HTMLInputElement} */ (input);
    field.value = String(question.positions?.[field.name] ?? 0);
  }
  /** @type {HTMLInputElement} */ (at("effect")).value = String(question.scale);
  at("effect-value").textContent = `${question.scale.toFixed(1)} times as assumed`;
  at("undo").toggleAttribute("disabled", !past.length);
}

/** @param {number} state */
function likeliest(state) {
  const row = last.subarray(4 * state, 4 * state + 4);
  return row.indexOf(Math.max(...row));
}

/** @param {number} state */
function sentence(state) {
  const fixed = question.known[state];
  const own = ORDER.map((choice) => `${NAMES[choice]} ${percentOf(state, choice)}`).join(", ");
  if (fixed !== undefined) return `${names[state]}: set to ${NAMES[fixed]}`;
  return `${names[state]}: ${own}`;
}

/** @param {number} state @param {number} choice */
function percentOf(state, choice) {
  const chance = last[4 * state + choice];
  return chance === 0 || chance === 1 ? `${100 * chance} %` : percent(chance);
}

function showStates() {
  for (let state = 0; state < codes.length; state++) {
    const choice = likeliest(state);
    const chance = last[4 * state + choice];
    const cell = at(`cell-${state}`);
    const fixed = question.known[state] !== undefined;
    cell.setAttribute("class", `cell ${CHOICES[choice]} ${strengthOf(chance)}${fixed ? " fixed" : ""}`);
    cell.setAttribute("aria-label", `${codes[state]} ${LETTERS[choice]}: ${sentence(state)}`);
    /** @type {Element} */ (cell.lastElementChild).textContent = LETTERS[choice];
    const row = /** @type {HTMLTableRowElement} */ (at(`row-${state}`));
    row.classList.toggle("fixed", fixed);
    ORDER.forEach((of, place) => {
      row.cells[2 + place].textContent = short(last[4 * state + of], fixed || !mayVote(state));
    });
    const select = row.querySelector("select");
    if (select) select.value = String(question.known[state] ?? -1);
  }
  pointAt(pointed);
}

/** @param {number} chance */
function strengthOf(chance) {
  if (chance >= 0.9) return "strong";
  if (chance >= 0.7) return "firm";
  return chance >= 0.5 ? "weak" : "open";
}

/** @param {ReturnType<typeof answered>} answer */
function showKnown({ballot, logKnown}) {
  const count = Object.keys(question.known).length;
  const surprises = logKnown < surprisingBelow(parameters, ballot, question.known);
  const usual = !surprises && logKnown < Math.log(parameters.surprise.unlikely) ? ", as is usual for so many" : "";
  at("fixed").textContent = !count
    ? "No vote is set: choose one in the table or on the map."
    : `${count} ${count === 1 ? "vote is" : "votes are"} set. ${count === 1 ? "Its" : "Together their"} chance was ${oneIn(logKnown)}${usual}.`;
  at("unusual").textContent = count && surprises ? shown.words.unlikely : "";
  at("learning").toggleAttribute("hidden", !count);
}

/** @param {number} logKnown */
function oneIn(logKnown) {
  if (logKnown > Math.log(0.001)) return percent(Math.exp(logKnown));
  return `about 1 in 10 to the power of ${Math.round(-logKnown / Math.LN10)}`;
}

/** @param {import("./counts.js").Counts} counts */
function showCounts(counts) {
  const row = (/** @type {number} */ choice) => {
    const mean = meanOf(choice);
    const [low, lower, upper, high] = quantiles(counts.tally[choice], [0.05, 0.25, 0.75, 0.95]);
    return {mean, low, lower, upper, high};
  };
  for (const choice of ORDER) {
    const {mean, low, lower, upper, high} = row(choice);
    const cells = /** @type {HTMLTableRowElement} */ (at(`count-${choice}`)).cells;
    [mean.toFixed(0), `${lower} to ${upper}`, `${low} to ${high}`].forEach((text, place) => {
      cells[1 + place].textContent = text;
    });
    const bar = at(`bar-${choice}`);
    place(bar.children[0], low, high);
    place(bar.children[1], lower, upper);
    bar.children[2].setAttribute("x", String(mean - 0.5));
  }
  at("adopted").textContent = whole(counts.adopted);
  parameters.thresholds.forEach((_, mark) => {
    at(`mark-${mark}`).textContent = whole(counts.thresholds[mark]);
  });
  const yes = row(0);
  at("live").textContent = `Adopted with a chance of ${whole(counts.adopted)}. Yes ${yes.mean.toFixed(0)}, 90 % range ${yes.low} to ${yes.high}; no ${meanOf(2).toFixed(0)}, abstain ${meanOf(1).toFixed(0)}, not voting ${meanOf(3).toFixed(0)}.`;
  at("counts").setAttribute("aria-busy", "false");
}

/** @param {Element} bar @param {number} from @param {number} to */
function place(bar, from, to) {
  bar.setAttribute("x", String(from));
  bar.setAttribute("width", String(Math.max(to - from, 1)));
}

/** @param {number} choice */
function meanOf(choice) {
  let total = 0;
  for (let state = 0; state < codes.length; state++) total += last[4 * state + choice];
  return total;
}

// The map: on a narrow screen its groups stand one below the other, with cells that can be read

const [SIDE, ACROSS, ROOM] = [24, 12, 0.75]; // a cell; cells in a row; room for a name [cells]
const narrow = matchMedia("(max-width: 34rem)");
const wide = at("map").getAttribute("viewBox") ?? "";
let places = shown.cells;

function arrange() {
  const map = at("map");
  map.classList.toggle("narrow", narrow.matches);
  places = [...shown.cells];
  let top = 0;
  for (const {children: [name, ...cells]} of map.querySelectorAll(".group")) {
    if (narrow.matches) {
      const [left, above] = ["x", "y"].map((side) => Number(name.getAttribute(side)));
      name.setAttribute("transform", `translate(${1 - left} ${SIDE * top - 4 - above})`);
    } else name.removeAttribute("transform");
    cells.forEach((cell, place) => {
      const state = Number(cell.getAttribute("data-state"));
      if (narrow.matches) places[state] = [top + Math.floor(place / ACROSS), place % ACROSS];
      const [down, right] = [0, 1].map((side) => SIDE * (places[state][side] - shown.cells[state][side]));
      cell.setAttribute("transform", `translate(${right} ${down})`);
    });
    top += Math.ceil(cells.length / ACROSS) + ROOM;
  }
  map.setAttribute("viewBox", narrow.matches ? `0 ${-SIDE * ROOM} ${SIDE * ACROSS} ${SIDE * top}` : wide);
}

// Arrow keys go to the nearest cell that way

let pointed = codes.indexOf("FRA");

/** @param {number} state */
function pointAt(state) {
  at(`cell-${pointed}`).setAttribute("tabindex", "-1");
  pointed = state;
  at(`cell-${state}`).setAttribute("tabindex", "0");
  at("pointed").textContent = sentence(state);
}

/** @param {KeyboardEvent} event */
function moved(event) {
  const ways = /** @type {Record<string, [number, number]>} */ ({
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  });
  const votes = /** @type {Record<string, number>} */ ({y: 0, a: 1, n: 2, "-": 3, Delete: -1, Backspace: -1});
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in ways) {
    const next = towards(ways[event.key]);
    if (next >= 0) {
      pointAt(next);
      /** @type {SVGElement} */ (at(`cell-${next}`)).focus();
    }
  } else if (event.key in votes) fix(pointed, votes[event.key]);
  else if (event.key === "Enter" || event.key === " ") turn(pointed);
  else return;
  event.preventDefault();
}

/** @param {[number, number]} way @returns {number} */
function towards([down, right]) {
  const [row, column] = places[pointed];
  let [found, least] = [-1, Infinity];
  places.forEach(([other, across], state) => {
    const along = down * (other - row) + right * (across - column);
    const aside = Math.abs(down ? across - column : other - row);
    const far = along + 3 * aside;
    if (along > 0 && far < least) [found, least] = [state, far];
  });
  return found;
}

/** @param {number} state */
function turn(state) {
  const order = [0, 1, 2, 3, -1];
  const now = order.indexOf(question.known[state] ?? -1);
  fix(state, order[(now + 1) % order.length]);
}

// Beginning

const program = ["engine", "worker"].map((id) => at(id).textContent ?? "");
const address = URL.createObjectURL(new Blob(program, {type: "text/javascript"}));
const workers = Array.from({length: Math.min(navigator.hardwareConcurrency || 1, MOST)}, () => new Worker(address));
for (const worker of workers) {
  worker.onmessage = (/** @type {MessageEvent} */ {data}) => {
    if (data.number === number) arrived(data);
    if (data.path === asking) {
      ways.push(data.found);
      if (ways.length === workers.length) showWay(togetherOf(ways.flat()));
    }
  };
  worker.postMessage({parameters, way});
}

/** @param {{share?: import("./counts.js").Share, gains: Float64Array}} found */
function arrived({share, gains}) {
  if (!share) {
    showCalls(gains);
    return;
  }
  shares.push(share);
  if (shares.length === workers.length) showCounts(countsFrom(parameters, shares, {known: question.known, of: last}));
}

/** @param {HTMLInputElement} input */
function choose(input) {
  changed((asked) => {
    if (input.value === "mix") asked.positions = {...parameters.arms[asked.arm].positions};
    else Object.assign(asked, {arm: Number(input.value), positions: null});
  });
}

function mixChosen() {
  const chances = [...document.querySelectorAll("#mix input")].map((field) => {
    const {name, value} = /** @type {HTMLInputElement} */ (field);
    return /** @type {[string, number]} */ ([name, Math.min(Math.max(Number(value) || 0, 0), 100)]);
  }).filter(([, chance]) => chance > 0);
  if (chances.length) changed((asked) => { asked.positions = Object.fromEntries(chances); });
}

function begin() {
  addChoices();
  arrange();
  narrow.addEventListener("change", arrange);
  for (const input of document.querySelectorAll("input[name=arm]")) {
    input.addEventListener("change", () => choose(/** @type {HTMLInputElement} */ (input)));
  }
  for (const input of document.querySelectorAll("#mix input")) input.addEventListener("change", mixChosen);
  const effect = /** @type {HTMLInputElement} */ (at("effect"));
  effect.addEventListener("change", () => changed((asked) => { asked.scale = Number(effect.value); }));
  at("target").addEventListener("change", ask);
  at("undo").addEventListener("click", undo);
  at("reset").addEventListener("click", reset);
  if (way) beginWay();
  const filter = /** @type {HTMLInputElement} */ (at("filter"));
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    names.forEach((name, state) => {
      const there = `${name} ${codes[state]}`.toLowerCase().includes(wanted);
      at(`row-${state}`).toggleAttribute("hidden", !there);
    });
  });
  at("states").addEventListener("change", (event) => {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    if (select.dataset.state) fix(Number(select.dataset.state), Number(select.value));
  });
  const map = at("map");
  map.addEventListener("keydown", (event) => moved(/** @type {KeyboardEvent} */ (event)));
  for (const kind of ["focusin", "pointerover", "click"]) {
    map.addEventListener(kind, (event) => {
      const cell = /** @type {Element} */ (event.target).closest("[data-state]");
      if (!cell) return;
      const state = Number(cell.getAttribute("data-state"));
      if (kind === "pointerover") at("pointed").textContent = sentence(state);
      else pointAt(state);
      if (kind === "click") turn(state);
    });
  }
  for (const link of document.querySelectorAll("button[data-file]")) {
    link.addEventListener("click", () => download(/** @type {HTMLElement} */ (link)));
  }
  addEventListener("hashchange", () => {
    if (location.hash === fragmentOf(question)) return;
    past.push(fragmentOf(question));
    question = questionOf(location.hash);
    refresh();
  });
  question = questionOf(location.hash);
  document.documentElement.classList.add("live");
  refresh();
}

function beginWay() {
  const [step, state, vote] = ["step", "step-state", "step-vote"].map((id) => /** @type {HTMLSelectElement} */ (at(id)));
  for (const {id} of at("states").children) { // by name, as the table has them
    const row = Number(id.slice("row-".length));
    if (mayVote(row)) state.add(new Option(names[row], String(row)));
  }
  const allowed = () => {
    for (const option of state.options) option.disabled = !maySet(Number(step.value), Number(option.value));
    if (state.selectedOptions[0]?.disabled) state.value = [...state.options].find(({disabled}) => !disabled)?.value ?? "";
  };
  step.addEventListener("change", allowed);
  allowed();
  at("step-set").addEventListener("click", () => {
    if (!maySet(Number(step.value), Number(state.value))) return;
    changed((asked) => { asked.steps[Number(step.value)][Number(state.value)] = Number(vote.value); });
  });
}

/** Every state's own choice of votes, made here, for 193 of them in the page would be a tenth of it. */
function addChoices() {
  for (const select of document.querySelectorAll("select[data-state]")) {
    const one = /** @type {HTMLSelectElement} */ (select);
    one.add(new Option("open", "-1"));
    for (const choice of ORDER) one.add(new Option(NAMES[choice], String(choice)));
  }
}

/** @param {HTMLElement} button */
function download(button) {
  const {file = ""} = button.dataset;
  const type = file.endsWith(".csv") ? "text/csv" : "application/json";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.parse(at(`file-${file}`).textContent ?? "")], {type}));
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

begin();

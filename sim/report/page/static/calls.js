// Whom to call: what one call is worth. A call raises one state's support and leaves all others as
// they are, so what the others may do is held while its own chances change.

import {ABSTAIN, NO, YES} from "./engine.js";
import {frameOf} from "./posterior.js";
import {afresh, alive, bandOf, convolved, freeOf, mixed, votersOf} from "./counts.js";

/** @typedef {import("./engine.js").Frame} Frame */
/** @typedef {import("./engine.js").Group} Group */
/** @typedef {import("./counts.js").Rows} Rows */
/** @typedef {{weights: number[], at_least: number}} Target */

const ROUGHLY = 1e-3; // a list in tenths of a point needs no more

/**
 * By how much one call to each state raises the chance of a target [state], a little at each turn.
 * @param {import("./engine.js").Parameters} parameters
 * @param {{ballot: import("./engine.js").Ballot, worlds: import("./posterior.js").World[]}} answer
 * @param {ReturnType<typeof import("./engine.js").skeleton>} bones
 * @param {{frame: Frame, target: Target, push: number}} asked
 * @returns {Generator<undefined, Float64Array>}
 */
export function* callsOf(parameters, answer, bones, {frame, target, push}) {
  const called = frameOf(parameters, answer, frame.known, bones, push);
  const lowest = Math.min(...target.weights);
  const steps = target.weights.map((weight) => weight - lowest);
  let mark = target.at_least - lowest * freeOf(frame).length;
  for (const choice of Object.values(frame.known)) mark -= target.weights[choice];
  const gains = new Float64Array(parameters.states.code.length);
  for (const pair of alive(frame, ROUGHLY)) {
    afresh();
    const {nodes, groups} = frame.sizes[pair.size];
    const column = frame.columns[pair.column];
    const rows = groups.map((group, number) => mixed(
      votersOf(group, column, frame.known, number),
      bandOf(group.mix[column.strength], {at: pair.nodes, weights: pair.weights, nodes, points: group.points}), steps));
    const others = allButOne(rows);
    groups.forEach((group, number) => {
      const worth = worthOf(others[number], rows[number].wide, mark);
      const after = called.sizes[pair.size].groups[number];
      gained(gains, group, after, {column, pair, nodes, worth, steps, known: frame.known});
    });
    yield;
  }
  return gains;
}

/**
 * Products of all groups but one.
 * @param {Rows[]} rows
 */
function allButOne(rows) {
  /** @type {(Rows | null)[]} */
  const before = [null];
  for (const one of rows) {
    const last = before[before.length - 1];
    before.push(last ? convolved(last, one) : one);
  }
  /** @type {(Rows | null)[]} */
  const found = [];
  /** @type {Rows | null} */
  let after = null;
  for (let number = rows.length - 1; number >= 0; number--) {
    const first = before[number];
    found[number] = first && after ? convolved(first, after) : first ?? after;
    after = after ? convolved(rows[number], after) : rows[number];
  }
  return found;
}

/**
 * The chance of the target at each node, for every count of a group [node, value].
 * @param {Rows | null} others @param {number} wide @param {number} mark
 */
function worthOf(others, wide, mark) {
  if (!others) return Array.of(Float64Array.from({length: wide}, (_, value) => Number(value >= mark)));
  return Array.from(others.low, (low, row) => {
    const high = others.high[row];
    const tail = new Float64Array(high - low + 2);
    for (let place = high - low; place >= 0; place--) {
      tail[place] = tail[place + 1] + others.line[row * others.wide + low + place];
    }
    return Float64Array.from({length: wide}, (_, value) => (
      tail[Math.min(Math.max(mark - value - low, 0), high - low + 1)]));
  });
}

/**
 * Adds what a call is worth for each state of a group, at one column and some nodes.
 * @param {Float64Array} gains
 * @param {Group} group
 * @param {Group} after the same with the call
 * @param {{column: import("./engine.js").Column, pair: import("./counts.js").Pairs, nodes: number,
 *   worth: Float64Array[], steps: number[], known: Record<number, number>}} asked
 */
function gained(gains, group, after, {column, pair, nodes, worth, steps, known}) {
  const free = [...group.states.keys()].filter((inside) => known[group.states[inside]] === undefined);
  const wide = Math.max(...steps) * free.length + 1;
  const mix = group.mix[column.strength];
  for (let point = 0; point < group.points; point++) {
    const value = new Float64Array(wide);
    pair.nodes.forEach((node, row) => {
      const part = pair.weights[row] * mix[point * nodes + node];
      if (Math.abs(part) < 1e-9) return;
      for (let count = 0; count < wide; count++) value[count] += part * worth[row % worth.length][count];
    });
    if (!value.some((part) => part !== 0)) continue;
    along(gains, {group, after, column, point, free, steps, value});
  }
}

/**
 * Chances of yes, neither and no at a point.
 * @param {Group} group @param {import("./engine.js").Column} column
 * @param {number} inside @param {number} point
 */
function chancesAt(group, {strength, absent}, inside, point) {
  const place = (strength * group.states.length + inside) * group.points + point;
  const present = 1 - absent[group.states[inside]];
  const [yes, no] = [present * group.yes[place], present * group.no[place]];
  return [yes, 1 - yes - no, no];
}

/**
 * From the last state to the first what each count so far is worth, then back with the counts.
 * @param {Float64Array} gains
 * @param {{group: Group, after: Group, column: import("./engine.js").Column, point: number,
 *   free: number[], steps: number[], value: Float64Array}} asked
 */
function along(gains, {group, after, column, point, free, steps, value}) {
  const wide = value.length;
  const taken = [steps[YES], steps[ABSTAIN], steps[NO]];
  const chances = free.map((inside) => chancesAt(group, column, inside, point));
  const worth = [value];
  for (let place = free.length - 1; place >= 0; place--) {
    const later = worth[0];
    const here = new Float64Array(wide);
    for (let count = 0; count < wide; count++) here[count] = mean(chances[place], taken, later, count);
    worth.unshift(here);
  }
  const counted = new Float64Array(wide);
  counted[0] = 1;
  let top = 0;
  free.forEach((inside, place) => {
    const change = chancesAt(after, column, inside, point).map((chance, choice) => chance - chances[place][choice]);
    let gain = 0;
    if (Math.abs(change[0]) + Math.abs(change[2]) > 1e-9) {
      for (let count = 0; count <= top; count++) {
        if (counted[count] > 1e-12) gain += counted[count] * mean(change, taken, worth[place + 1], count);
      }
    }
    gains[group.states[inside]] += gain;
    const most = Math.max(...taken);
    for (let count = Math.min(top + most, wide - 1); count >= 0; count--) {
      let sum = 0;
      taken.forEach((step, choice) => { if (count >= step) sum += counted[count - step] * chances[place][choice]; });
      counted[count] = sum;
    }
    top = Math.min(top + most, wide - 1);
  });
}

/** @param {number[]} chances @param {number[]} taken @param {Float64Array} worth @param {number} count */
function mean(chances, taken, worth, count) {
  let sum = 0;
  for (let choice = 0; choice < 3; choice++) {
    const reached = count + taken[choice];
    if (reached < worth.length) sum += chances[choice] * worth[reached];
  }
  return sum;
}

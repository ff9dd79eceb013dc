// Distributions of the counts, and adoption: products of polynomials, one a state, mixed over the
// points of each group and multiplied as Fourier transforms.

import {ABSENT, ABSTAIN, NO, YES, absentAt, attendancePoints, distinct, unwilled} from "./engine.js";
import {LEAD, RANGE, four, multiplied, multipliedByThree, multiply} from "./products.js";

/** @typedef {import("./engine.js").Frame} Frame */
/** @typedef {import("./engine.js").Group} Group */
/** @typedef {import("./engine.js").Parameters} Parameters */
/**
 * @typedef {object} Counts
 * @property {number[][]} tally probability of each count [choice][votes]
 * @property {number} adopted
 * @property {number} quorumMissed
 * @property {number[]} thresholds
 */

const GONE = 1e-7; // so much of the weight of all pairs of column and node may be left out
const TINY = 5e-12; // what weighs less in the answer is left out: a point at a node, an end of a distribution
const FAINT = 1e-12; // the same of the distributions of a group at a point, of which there are more

/**
 * @typedef {object} Share what one of those who compute the counts side by side has found
 * @property {Float64Array[]} distributions of yes, abstentions and noes of the states whose votes are not known
 * @property {Float64Array} reached the chance of the majority, by column
 * @property {ReturnType<typeof absenceIn> & {absent: number[]} | null} away of the first share alone
 */

/**
 * @param {Parameters} parameters
 * @param {{ballot: import("./engine.js").Ballot, frame: Frame, of: Float64Array}} answer `of` are the
 *   probabilities of all states
 * @returns {Counts}
 */
export function countsOf(parameters, {ballot, frame, of}) {
  const work = partial(parameters, {ballot, frame}, [0, 1]);
  for (;;) {
    const {done, value} = work.next();
    if (done) return countsFrom(parameters, [/** @type {Share} */ (value)], {known: frame.known, of});
  }
}

/**
 * Computes a share of the counts, a little at each turn.
 * @param {Parameters} parameters
 * @param {{ballot: import("./engine.js").Ballot, frame: Frame}} answer
 * @param {[number, number]} which share of how many
 * @returns {Generator<undefined, Share>}
 */
export function* partial(parameters, {ballot, frame}, [number, shares]) {
  const states = parameters.states.code.length;
  const pairs = alive(frame).filter((_, place) => place % shares === number);
  const found = yield* distributed(frame, pairs, parameters.rule);
  if (number) return {...found, away: null};
  const away = absenceIn(frame, states, states - parameters.rule.quorum + 1);
  const any = Object.keys(frame.known).length;
  const absent = any ? away.distribution : closely(unwilled(parameters), ballot, states);
  return {...found, away: {...away, absent}};
}

/**
 * The counts from all shares.
 * @param {Parameters} parameters @param {Share[]} shares
 * @param {{known: Record<number, number>, of: Float64Array}} given `of` are the probabilities of all states
 * @returns {Counts}
 */
export function countsFrom(parameters, shares, {known, of}) {
  const states = parameters.states.code.length;
  const away = /** @type {NonNullable<Share["away"]>} */ (shares.find((share) => share.away)?.away);
  const reached = shares[0].reached.map((_, column) => sum(shares.map((share) => share.reached[column])));
  const tally = COUNTED.map((choice) => {
    const [line] = shares.map(({distributions}) => distributions[choice]);
    const before = Object.values(known).filter((vote) => vote === choice).length;
    const found = new Array(states + 1).fill(0);
    line.forEach((_, value) => {
      found[before + value] = Math.max(sum(shares.map(({distributions}) => distributions[choice][value])), 0);
    });
    let mean = 0;
    for (let state = 0; state < states; state++) mean += of[4 * state + choice];
    return tilted(found, mean);
  });
  tally.push(away.absent);
  return {tally, ...adoption(parameters, {reached, away, states, absent: away.absent}),
    thresholds: parameters.thresholds.map(({choice, at_least: mark}) => sum(tally[choice].slice(mark)))};
}

/**
 * A distribution tilted a little, so that it has a mean that is known better.
 * @param {number[]} distribution @param {number} mean
 */
function tilted(distribution, mean) {
  const total = sum(distribution);
  let found = distribution.map((part) => part / total);
  for (let turn = 0; turn < 20; turn++) {
    let [off, spread] = [0, 0];
    found.forEach((part, value) => {
      off += part * (value - mean);
      spread += part * (value - mean) ** 2;
    });
    spread -= off ** 2;
    if (Math.abs(off) < 1e-12 || spread < 1e-14) break;
    found = found.map((part, value) => part * Math.exp((-off / spread) * (value - mean)));
    const sums = sum(found);
    found = found.map((part) => part / sums);
  }
  return found;
}

/** @param {Iterable<number>} numbers */
export function sum(numbers) {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

/**
 * The number of absent states: no factor of stance moves it.
 * @param {Frame} frame @param {number} states @param {number} missing so many are too many
 */
function absenceIn(frame, states, missing) {
  const stance = new Float64Array(Math.max(...frame.sizes.map(({nodes, weight}) => weight.length / nodes)));
  for (const {nodes, weight} of frame.sizes) {
    weight.forEach((part, place) => { stance[Math.floor(place / nodes)] += part; });
  }
  const distribution = new Array(states + 1).fill(0);
  let rough = 0;
  const lost = frame.columns.map(({part, weight, absent}) => {
    const beyond = sum(poissonBinomial(absent, frame.known).subarray(missing));
    rough += weight * stance[part] * beyond;
    return beyond;
  });
  for (const {weight, absent} of frame.attended) {
    poissonBinomial(absent, frame.known).forEach((part, count) => { distribution[count] += weight * part; });
  }
  return {distribution, lost, rough};
}

/** @param {Float64Array} absent @param {Record<number, number>} known */
function poissonBinomial(absent, known) {
  const line = new Float64Array(absent.length + 1 + LEAD);
  const sure = absent.map((chance, state) => (known[state] === undefined ? chance : Number(known[state] === ABSENT)));
  multiplied(line, LEAD, sure, 0, sure.length, 1e-16);
  return line.subarray(LEAD);
}

/**
 * Absence where no vote is known, from more points of its factor.
 * @param {Parameters} parameters @param {import("./engine.js").Ballot} ballot @param {number} states
 */
function closely(parameters, ballot, states) {
  const found = new Array(states + 1).fill(0);
  /** @type {Map<string, {move: import("./engine.js").Move, chance: number}>} */
  const moves = new Map();
  for (const move of distinct(ballot)) {
    const key = move.absence.join();
    moves.set(key, {move, chance: move.chance + (moves.get(key)?.chance ?? 0)});
  }
  for (const {move, chance} of moves.values()) {
    for (const at of attendancePoints(parameters, parameters.quadrature.absence, true)) {
      poissonBinomial(absentAt(parameters, ballot, move, at), {}).forEach((part, count) => {
        found[count] += chance * at.weight * part;
      });
    }
  }
  return found;
}

/**
 * @typedef {object} Pairs a column and the nodes at one size that weigh anything with it
 * @property {number} column
 * @property {number} size
 * @property {number[]} nodes
 * @property {number[]} weights
 */

/**
 * Pairs of column and node, those left out that together weigh nothing.
 * @param {Frame} frame
 * @param {number} gone so much of all their weight may be left out
 * @returns {Pairs[]}
 */
export function alive(frame, gone = GONE) {
  const all = frame.columns.flatMap(({part: row, weight}, column) => frame.sizes.map(({nodes, weight: of}, size) => ({
    column, size,
    nodes: Array.from({length: nodes}, (_, node) => node),
    weights: Array.from(of.subarray(row * nodes, (row + 1) * nodes), (part) => weight * part),
  })));
  const sizes = Float64Array.from(all.flatMap(({weights}) => weights), Math.abs).sort();
  let [place, left] = [0, gone];
  while (place < sizes.length && (left -= sizes[place]) > 0) place++;
  const least = sizes[Math.min(place, sizes.length - 1)];
  return all.map((pair) => {
    const nodes = pair.nodes.filter((node) => Math.abs(pair.weights[node]) >= least);
    return {...pair, nodes, weights: nodes.map((node) => pair.weights[node])};
  }).filter(({nodes}) => nodes.length);
}

/**
 * Distributions at some nodes, one a row: what lies outside low to high is nothing.
 * @typedef {{line: Float64Array, wide: number, low: Int32Array, high: Int32Array, cut: Float64Array}} Rows `cut`: ends
 *   of a row below this are cut off
 */

const COUNTED = [YES, ABSTAIN, NO];
/** What a yes, neither and a no add to each count, and whose chances then matter. */
const ADDS = COUNTED.map((choice) => COUNTED.map((other) => Number(other === choice)));

/**
 * The distributions of the counts of the states whose votes are not known, and at each column the chance of the majority.
 * @param {Frame} frame @param {Pairs[]} pairs @param {Parameters["rule"]} rule
 * @returns {Generator<undefined, {distributions: Float64Array[], reached: Float64Array}>}
 */
function* distributed(frame, pairs, rule) {
  const distributions = COUNTED.map(() => new Float64Array(freeOf(frame).length + 1));
  const reached = new Float64Array(frame.columns.length);
  const goal = goalOf(frame, rule);
  for (const pair of pairs) {
    afresh();
    const {nodes, groups} = frame.sizes[pair.size];
    const column = frame.columns[pair.column];
    const voters = groups.map((group, number) => votersOf(group, column, frame.known, number));
    const bandsOf = (/** @type {Pairs} */ {nodes: at, weights}) => groups.map(({mix, points}) => (
      bandOf(mix[column.strength], {at, weights, nodes, points})));
    const bands = bandsOf(pair);
    const counts = ADDS.map((steps) => gathered(bands.map((band, number) => mixed(voters[number], band, steps)), 1)[0]);
    counts.forEach((rows, choice) => added(distributions[choice], rows, pair.weights));
    const open = unsettled(pair, counts, goal);
    reached[pair.column] += open.sure;
    if (!open.nodes.length) {
      yield;
      continue;
    }
    const [one, other] = gathered(bandsOf(open).map((band, number) => mixed(voters[number], band, goal.steps)), 2);
    const mute = open.mute ? muted(groups, voters, column, {at: open.nodes, nodes}) : null;
    open.weights.forEach((weight, row) => {
      const chance = other ? reaching(one, other, {row, mark: goal.mark}) : sum(tailOf(one, row, goal.mark));
      reached[pair.column] += weight * Math.max(chance - (mute ? mute[row] : 0), 0);
    });
    yield;
  }
  return {distributions, reached};
}

/**
 * The majority as a weighted count of the states whose votes are not known, from 0 up.
 * @param {Frame} frame @param {Parameters["rule"]} rule
 */
function goalOf(frame, rule) {
  const lowest = Math.min(...rule.weights);
  let mark = rule.at_least;
  for (const choice of Object.values(frame.known)) mark -= rule.weights[choice];
  return {
    weights: rule.weights, atLeast: mark, mark: mark - lowest * freeOf(frame).length,
    steps: rule.weights.map((weight) => weight - lowest), voice: rule.at_least <= 0,
  };
}

/**
 * The nodes at which it is open whether the majority is reached, and the weight of those where it surely is: what yes, no
 * and abstentions can come to at most decides.
 * @param {Pairs} pair @param {Rows[]} counts @param {ReturnType<typeof goalOf>} goal
 */
function unsettled(pair, counts, {weights, atLeast, voice}) {
  const kept = {...pair, nodes: /** @type {number[]} */ ([]), weights: /** @type {number[]} */ ([]), sure: 0, mute: false};
  pair.nodes.forEach((node, row) => {
    let [least, most] = [0, 0];
    counts.forEach(({low, high}, choice) => {
      least += weights[choice] * (weights[choice] > 0 ? low : high)[row];
      most += weights[choice] * (weights[choice] > 0 ? high : low)[row];
    });
    if (most < atLeast) return;
    const silent = voice && counts[YES].low[row] === 0;
    if (least >= atLeast && !silent) {
      kept.sure += pair.weights[row];
      return;
    }
    kept.nodes.push(node);
    kept.weights.push(pair.weights[row]);
    kept.mute ||= silent;
  });
  return kept;
}

/** @param {Float64Array} found @param {Rows} rows @param {number[]} weights */
function added(found, {line, wide, low, high}, weights) {
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row];
    for (let value = low[row], place = row * wide + value; value <= high[row]; value++, place++) {
      found[value] += weight * line[place];
    }
  }
}

/** @param {Frame} frame */
export function freeOf(frame) {
  return frame.sizes[0].groups.flatMap(({states}) => states.filter((state) => frame.known[state] === undefined));
}

/**
 * Rows added up until so many are left, the narrowest first.
 * @param {Rows[]} rows @param {number} left
 */
function gathered(rows, left) {
  const found = [...rows];
  while (found.length > left) {
    found.sort((one, other) => other.wide - one.wide);
    found.push(convolved(/** @type {Rows} */ (found.pop()), /** @type {Rows} */ (found.pop())));
  }
  return found;
}

/**
 * @typedef {object} Voters chances of the states of a group whose votes are not known, at one column
 * @property {Float64Array} yes by point and state
 * @property {Float64Array} abstain
 * @property {Float64Array} no
 * @property {number} count of states
 * @property {number} points
 */

/** @type {Voters[]} memory that the next column takes again */
const kept = [];

/**
 * Chances of the states of a group.
 * @param {Group} group @param {import("./engine.js").Column} column @param {Record<number, number>} known
 * @param {number} number of the group
 * @returns {Voters}
 */
export function votersOf({states, points, yes, no}, {strength, absent}, known, number) {
  const free = [...states.keys()].filter((inside) => known[states[inside]] === undefined);
  const count = free.length;
  const room = points * count;
  if (!kept[number] || kept[number].yes.length < room) {
    const [one, two, three] = [0, 1, 2].map(() => new Float64Array(2 * room));
    kept[number] = {yes: one, abstain: two, no: three, count, points};
  }
  const found = Object.assign(kept[number], {count, points});
  for (let place = 0; place < count; place++) {
    const here = 1 - absent[states[free[place]]];
    const first = (strength * states.length + free[place]) * points;
    for (let point = 0, to = place; point < points; point++, to += count) {
      const up = here * yes[first + point];
      const down = here * no[first + point];
      found.yes[to] = up;
      found.no[to] = down;
      found.abstain[to] = Math.max(here - up - down, 0);
    }
  }
  return found;
}

/**
 * The chance at some nodes that nobody says yes or no.
 * @param {Group[]} groups @param {Voters[]} voters @param {import("./engine.js").Column} column
 * @param {{at: number[], nodes: number}} where
 */
function muted(groups, voters, {strength}, {at, nodes}) {
  const found = new Float64Array(at.length).fill(1);
  groups.forEach(({mix}, number) => {
    const {yes, no, count, points} = voters[number];
    const silent = new Float64Array(at.length);
    for (let point = 0; point < points; point++) {
      let mute = 1;
      for (let place = point * count; place < (point + 1) * count; place++) mute *= Math.max(1 - yes[place] - no[place], 0);
      if (mute < TINY) continue;
      at.forEach((node, row) => { silent[row] += mix[strength][point * nodes + node] * mute; });
    }
    silent.forEach((part, row) => { found[row] *= part; });
  });
  return found;
}

let lines = new Float64Array(0); // of the points of a group; its memory is used again
let store = new Float64Array(1 << 18); // of all else that lasts for a pair
let taken = 0;

/**
 * Zeros, in memory that is given again after `afresh`.
 * @param {number} length
 */
function zeros(length) {
  if (taken + length > store.length) {
    store = new Float64Array(2 * (store.length + length));
    taken = 0;
  }
  taken += length;
  return store.subarray(taken - length, taken).fill(0);
}

/** Before the next pair: nothing of those before is needed. */
export function afresh() {
  taken = 0;
}

/**
 * @typedef {object} Band which points of a group weigh anything at some nodes
 * @property {number} rows nodes
 * @property {Int32Array} points those that do
 * @property {Float64Array} trims what their distributions are cut off at
 * @property {Float64Array} parts what each weighs at each node [point, row]
 * @property {Int32Array} first place among them of the first that a row takes
 * @property {Int32Array} last
 * @property {Float64Array} cut what the distribution of a row is cut off at
 */

/**
 * @param {Float64Array} mix
 * @param {{at: number[], weights: number[], nodes: number, points: number}} asked `weights` of the nodes in the answer
 * @returns {Band}
 */
export function bandOf(mix, {at, weights, nodes, points: all}) {
  const rows = at.length;
  const weigh = Float64Array.from(weights, Math.abs);
  const cut = weigh.map((weight) => Math.min(TINY / weight, 1e-6));
  const [first, last] = [new Int32Array(rows).fill(all), new Int32Array(rows).fill(-1)];
  const [points, trims, parts] = [new Int32Array(all), zeros(all), zeros(all * rows)];
  let held = 0;
  for (let point = 0; point < all; point++) {
    let weight = 0;
    for (let row = 0, to = held * rows; row < rows; row++, to++) {
      const part = mix[point * nodes + at[row]];
      parts[to] = part;
      if (part <= cut[row]) continue;
      weight += part * weigh[row];
      if (held < first[row]) first[row] = held;
      last[row] = held;
    }
    if (weight === 0) continue;
    points[held] = point;
    trims[held++] = Math.min(FAINT / weight, 1e-8);
  }
  return {rows, points: points.subarray(0, held), trims, parts, first, last, cut};
}

/**
 * The distribution of a group's count at some nodes.
 * @param {Voters} voters @param {Band} band @param {number[]} steps what a yes, neither and a no add
 * @returns {Rows}
 */
export function mixed({yes, abstain, no, count}, {rows, points, trims, parts, first, last, cut}, steps) {
  const most = Math.max(...steps);
  const wide = most * count + 1;
  const stride = wide + LEAD;
  const chances = steps[YES] === 1 ? yes : steps[ABSTAIN] === 1 ? abstain : no;
  if (lines.length < points.length * stride) lines = new Float64Array(2 * points.length * stride);
  lines.fill(0, 0, points.length * stride);
  const [from, to] = [new Int32Array(points.length), new Int32Array(points.length)];
  for (let point = 0; point < points.length; point++) {
    const start = point * stride + LEAD;
    if (most === 1) multiplied(lines, start, chances, points[point] * count, count, trims[point]);
    else multipliedByThree(lines, start, yes, no, points[point] * count, count, steps, trims[point]);
    from[point] = RANGE[0];
    to[point] = RANGE[1];
  }
  const found = {line: zeros(wide * rows), wide, low: new Int32Array(rows), high: new Int32Array(rows), cut};
  for (let row = 0; row < rows; row++) spread(found, row, {stride, parts, rows, first: first[row], last: last[row], from, to});
  return trimmed(found);
}

/**
 * Adds to a row what it takes of each line.
 * @param {Rows} found @param {number} row
 * @param {{stride: number, parts: Float64Array, rows: number, first: number, last: number, from: Int32Array,
 *   to: Int32Array}} of the lines: `from` and `to` are their ends
 */
function spread({line, wide, low, high}, row, {stride, parts, rows, first, last, from, to}) {
  let [least, most] = [wide, -1];
  let point = first;
  for (; point + 3 <= last; point += 4) {
    const start = Math.min(from[point], from[point + 1], from[point + 2], from[point + 3]);
    const end = Math.max(to[point], to[point + 1], to[point + 2], to[point + 3]);
    four(line, row * wide + start, end - start, lines, point * stride + LEAD + start, stride, parts, point * rows + row, rows);
    if (start < least) least = start;
    if (end > most) most = end;
  }
  for (; point <= last; point++) {
    const part = parts[point * rows + row];
    const [start, end, one] = [from[point], to[point], point * stride + LEAD];
    for (let value = start; value <= end; value++) line[row * wide + value] += part * lines[one + value];
    if (start < least) least = start;
    if (end > most) most = end;
  }
  low[row] = least;
  high[row] = most;
}

/** @param {Rows} rows @returns {Rows} */
function trimmed(rows) {
  const {line, wide, low, high, cut} = rows;
  for (let row = 0; row < low.length; row++) {
    const least = cut[row];
    while (low[row] < high[row] && line[row * wide + low[row]] < least) low[row]++;
    while (low[row] < high[row] && line[row * wide + high[row]] < least) high[row]--;
  }
  return rows;
}

/**
 * The distribution of a sum, row by row.
 * @param {Rows} one @param {Rows} other
 * @returns {Rows}
 */
export function convolved(one, other) {
  const count = one.low.length;
  const wide = one.wide + other.wide - 1;
  const line = zeros(wide * count);
  const [low, high] = [new Int32Array(count), new Int32Array(count)];
  for (let row = 0; row < count; row++) {
    const longer = one.high[row] - one.low[row] > other.high[row] - other.low[row] ? one : other;
    const shorter = longer === one ? other : one;
    low[row] = one.low[row] + other.low[row];
    high[row] = one.high[row] + other.high[row];
    const [few, many] = [row * shorter.wide, row * longer.wide];
    multiply(line, row * wide + low[row], shorter.line, few + shorter.low[row], few + shorter.high[row],
      longer.line, many + longer.low[row], many + longer.high[row]);
  }
  return trimmed({line, wide, low, high, cut: one.cut});
}

/**
 * @param {Parameters} parameters
 * @param {{reached: Float64Array, away: ReturnType<typeof absenceIn>, states: number, absent: number[]}} given
 */
function adoption({rule}, {reached, away, states, absent}) {
  const missing = states - rule.quorum + 1;
  const {lost, rough} = away;
  const quorumMissed = sum(absent.slice(missing));
  // node by node the chance of no quorum is rough; it is set to the one integrated closely
  const right = rough > 1e-9 ? quorumMissed / rough : 1;
  let adopted = 0;
  reached.forEach((chance, column) => { adopted += (1 - right * lost[column]) * chance; });
  return {adopted: Math.min(Math.max(adopted, 0), 1), quorumMissed};
}

/** @param {Rows} rows @param {number} row @param {number} mark */
function tailOf({line, wide, low, high}, row, mark) {
  return line.subarray(row * wide + Math.max(low[row], mark), row * wide + Math.max(high[row] + 1, mark));
}

/**
 * The chance that a sum reaches a mark.
 * @param {Rows} one @param {Rows} other @param {{row: number, mark: number}} asked
 */
function reaching(one, other, {row, mark}) {
  const tail = new Float64Array(one.high[row] - one.low[row] + 2);
  for (let place = tail.length - 2; place >= 0; place--) {
    tail[place] = tail[place + 1] + one.line[row * one.wide + one.low[row] + place];
  }
  let total = 0;
  for (let value = other.low[row]; value <= other.high[row]; value++) {
    const place = Math.min(Math.max(mark - value - one.low[row], 0), tail.length - 1);
    total += other.line[row * other.wide + value] * tail[place];
  }
  return total;
}

/**
 * Quantiles as results have them: the least value that at least that share does not exceed.
 * @param {number[]} distribution @param {number[]} shares
 */
export function quantiles(distribution, shares) {
  const total = sum(distribution);
  return shares.map((share) => {
    let below = 0;
    for (let value = 0; value < distribution.length; value++) {
      below += distribution[value] / total;
      if (below >= share - 1e-12) return value;
    }
    return distribution.length - 1;
  });
}

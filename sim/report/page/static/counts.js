// Distributions of the counts, and adoption: products of polynomials, one a state, mixed over the
// points of each group and multiplied as Fourier transforms.

import {ABSENT, ABSTAIN, NO, YES, absentAt, attendancePoints, distinct, unwilled} from "./engine.js";

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
const LIGHT = 1e-10; // points that weigh less at a node are left out
const TRIM = 1e-11; // ends of distributions below this are cut off

/**
 * @param {Parameters} parameters
 * @param {{ballot: import("./engine.js").Ballot, frame: Frame, of: Float64Array}} answer `of` are the
 *   probabilities of all states
 * @returns {Counts}
 */
export function countsOf(parameters, {ballot, frame, of}) {
  const states = parameters.states.code.length;
  const known = [0, 0, 0, 0];
  for (const choice of Object.values(frame.known)) known[choice]++;
  const any = known.some((count) => count > 0);
  const away = absenceIn(frame, states, states - parameters.rule.quorum + 1);
  const pairs = alive(frame);
  const tally = [YES, ABSTAIN, NO].map((choice) => {
    const weights = [YES, ABSTAIN, NO, ABSENT].map((other) => Number(other === choice));
    const found = [...new Array(known[choice]).fill(0), ...distributed(frame, pairs, weights),
      ...new Array(states).fill(0)].slice(0, states + 1);
    let mean = 0;
    for (let state = 0; state < states; state++) mean += of[4 * state + choice];
    return tilted(found, mean);
  });
  tally.push(any ? away.distribution : closely(unwilled(parameters), ballot, states));
  return {tally, ...adoption(parameters, frame, {pairs, away, known, states, absent: tally[ABSENT]}),
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
function sum(numbers) {
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
  const found = new Float64Array(absent.length + 1);
  found[0] = 1;
  absent.forEach((chance, state) => {
    const sure = known[state] === undefined ? chance : Number(known[state] === ABSENT);
    for (let count = state + 1; count > 0; count--) {
      found[count] = found[count] * (1 - sure) + found[count - 1] * sure;
    }
    found[0] *= 1 - sure;
  });
  return found;
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
 * @typedef {{line: Float64Array, wide: number, low: Int32Array, high: Int32Array}} Rows
 */

/**
 * The distribution of a weighted count of the states whose vote is not known, from 0 up.
 * @param {Frame} frame @param {Pairs[]} pairs @param {number[]} weights
 */
function distributed(frame, pairs, weights) {
  const free = freeOf(frame);
  const found = new Float64Array(free.length * Math.max(...weights) + 1);
  for (const pair of pairs) {
    const {line, wide, low, high} = productOf(counted(frame, pair, weights).rows);
    pair.weights.forEach((weight, row) => {
      for (let value = low[row]; value <= high[row]; value++) found[value] += weight * line[row * wide + value];
    });
  }
  return found.map((part) => Math.max(part, 0));
}

/** @param {Frame} frame */
export function freeOf(frame) {
  return frame.sizes[0].groups.flatMap(({states}) => states.filter((state) => frame.known[state] === undefined));
}

/**
 * The distribution of each group's count at the nodes of a pair, and the chance that none of it
 * says yes or no.
 * @param {Frame} frame @param {Pairs} pair @param {number[]} steps from 0 up
 */
function counted(frame, pair, steps) {
  const column = frame.columns[pair.column];
  const {nodes, groups} = frame.sizes[pair.size];
  const mute = new Float64Array(pair.nodes.length).fill(1);
  const rows = groups.map((group) => {
    const silent = new Float64Array(pair.nodes.length);
    const found = mixed(group, column, {at: pair.nodes, nodes, steps, known: frame.known, silent});
    silent.forEach((part, row) => { mute[row] *= part; });
    return found;
  });
  return {rows: rows.sort((one, other) => one.wide - other.wide), mute};
}

/**
 * @param {Group} group
 * @param {import("./engine.js").Column} column
 * @param {{at: number[], nodes: number, steps: number[], known: Record<number, number>,
 *   silent: Float64Array}} asked
 * @returns {Rows}
 */
export function mixed(group, column, {at, nodes, steps, known, silent}) {
  const free = [...group.states.keys()].filter((inside) => known[group.states[inside]] === undefined);
  const spoken = group.states.some((state) => known[state] === YES || known[state] === NO);
  const count = at.length;
  const wide = Math.max(...steps) * free.length + 1;
  const found = new Float64Array(wide * count);
  const low = new Int32Array(count).fill(wide);
  const high = new Int32Array(count).fill(-1);
  const line = new Float64Array(wide);
  const mix = group.mix[column.strength];
  const parts = new Float64Array(count);
  const voters = votersOf(group, column, free);
  const simple = Math.max(...steps) === 1;
  const chances = simple && steps[ABSTAIN] ? abstaining(voters, group.points) : simple && steps[NO] ? voters.no : voters.yes;
  const others = voters.no;
  for (let point = 0; point < group.points; point++) {
    let heaviest = 0;
    for (let row = 0; row < count; row++) {
      parts[row] = mix[point * nodes + at[row]];
      if (parts[row] > heaviest) heaviest = parts[row];
    }
    if (heaviest <= LIGHT) continue;
    const start = point * free.length;
    if (simple) multiplied(line, chances, start, free.length);
    else multipliedByThree(line, [chances, others], start, [free.length, ...steps]);
    spread(found, line, parts, [low, high]);
    if (!spoken) {
      const mute = muteAt(voters, point);
      for (let row = 0; row < count; row++) if (parts[row] > LIGHT) silent[row] += parts[row] * mute;
    }
  }
  return trimmed({line: found, wide, low, high});
}

/**
 * @typedef {object} Voters chances of states whose votes are not known, at one column
 * @property {Float64Array} yes by point and state
 * @property {Float64Array} no
 * @property {Float64Array} away by state
 * @property {number} count
 */

/** @type {Voters} */
const scratch = {yes: new Float64Array(0), no: new Float64Array(0), away: new Float64Array(0), count: 0};

/**
 * Chances of the states of a group, in memory that the next call takes.
 * @param {Group} group @param {import("./engine.js").Column} column @param {number[]} free
 */
function votersOf({states, points, yes, no}, {strength, absent}, free) {
  const count = free.length;
  if (scratch.yes.length < points * count) {
    scratch.yes = new Float64Array(2 * points * count);
    scratch.no = new Float64Array(2 * points * count);
  }
  if (scratch.away.length < count) scratch.away = new Float64Array(2 * count);
  scratch.count = count;
  for (let place = 0; place < count; place++) {
    scratch.away[place] = absent[states[free[place]]];
    const here = 1 - scratch.away[place];
    const first = (strength * states.length + free[place]) * points;
    for (let point = 0; point < points; point++) {
      scratch.yes[point * count + place] = here * yes[first + point];
      scratch.no[point * count + place] = here * no[first + point];
    }
  }
  return scratch;
}

/** @param {Voters} voters @param {number} points chances of abstention, by point and state */
function abstaining({yes, no, away, count}, points) {
  const found = new Float64Array(points * count);
  for (let place = 0; place < found.length; place++) found[place] = Math.max(1 - away[place % count] - yes[place] - no[place], 0);
  return found;
}

/** @param {Voters} voters @param {number} point the chance that nobody says yes or no */
function muteAt({yes, no, away, count}, point) {
  let mute = 1;
  for (let inside = 0, place = point * count; inside < count; inside++, place++) {
    mute *= Math.max(1 - away[inside] - yes[place] - no[place], 0) + away[inside];
  }
  return mute;
}

// The loops that take all the time: numbers and typed arrays alone, so that they stay compiled whatever is asked.

const RANGE = new Int32Array(2); // first and last count of a line that are not nothing

/**
 * The distribution of how many of some independent things happen.
 * @param {Float64Array} line where it is put @param {Float64Array} chances @param {number} start @param {number} count
 */
function multiplied(line, chances, start, count) {
  line.fill(0);
  line[0] = 1;
  let low = 0;
  let high = 0;
  for (let place = start; place < start + count; place++) {
    const one = chances[place];
    if (one < TRIM / 100) continue;
    const other = 1 - one;
    high++;
    for (let value = high; value > low; value--) line[value] = line[value] * other + line[value - 1] * one;
    line[low] *= other;
    while (low < high && line[low] < TRIM) line[low++] = 0;
    while (low < high && line[high] < TRIM) line[high--] = 0;
  }
  RANGE[0] = low;
  RANGE[1] = high;
}

/**
 * The same where a yes, neither and a no each add something.
 * @param {Float64Array} line @param {[Float64Array, Float64Array]} chances of yes and of no @param {number} start
 * @param {number[]} how the count of states and what yes, abstention and no add
 */
function multipliedByThree(line, [yeses, noes], start, [count, up, aside, down]) {
  line.fill(0);
  line[0] = 1;
  let low = 0;
  let high = 0;
  for (let place = start; place < start + count; place++) {
    const yes = yeses[place];
    const no = noes[place];
    const neither = Math.max(1 - yes - no, 0);
    high += yes > TRIM / 100 ? up : neither > TRIM / 100 ? Math.max(aside, down) : down;
    for (let value = high; value >= low; value--) {
      let sum = value - down >= low ? line[value - down] * no : 0;
      if (value - up >= low) sum += line[value - up] * yes;
      if (value - aside >= low) sum += line[value - aside] * neither;
      line[value] = sum;
    }
    while (low < high && line[low] < TRIM) line[low++] = 0;
    while (low < high && line[high] < TRIM) line[high--] = 0;
  }
  RANGE[0] = low;
  RANGE[1] = high;
}

/**
 * Adds a line to rows, as much as each takes of it.
 * @param {Float64Array} found @param {Float64Array} line @param {Float64Array} parts
 * @param {[Int32Array, Int32Array]} ends of the rows
 */
function spread(found, line, parts, [low, high]) {
  const wide = line.length;
  const from = RANGE[0];
  const to = RANGE[1];
  for (let row = 0; row < parts.length; row++) {
    const part = parts[row];
    if (part <= LIGHT) continue;
    const start = row * wide;
    for (let value = from; value <= to; value++) found[start + value] += part * line[value];
    if (from < low[row]) low[row] = from;
    if (to > high[row]) high[row] = to;
  }
}

/**
 * Adds the product of two lines to a third, four rows of it at a time.
 * @param {Float64Array} line @param {number} to
 * @param {Float64Array} few @param {number} first @param {number} last
 * @param {Float64Array} many @param {number} start @param {number} end
 */
function multiply(line, to, few, first, last, many, start, end) {
  let value = first;
  for (; value + 3 <= last; value += 4, to += 4) {
    const a = few[value];
    const b = few[value + 1];
    const c = few[value + 2];
    const d = few[value + 3];
    let m1 = -0;
    let m2 = -0;
    let m3 = -0;
    let put = to;
    for (let more = start; more <= end; more++, put++) {
      const m0 = many[more];
      line[put] += a * m0 + b * m1 + c * m2 + d * m3;
      m3 = m2;
      m2 = m1;
      m1 = m0;
    }
    line[put] += b * m1 + c * m2 + d * m3;
    line[put + 1] += c * m1 + d * m2;
    line[put + 2] += d * m1;
  }
  for (; value <= last; value++, to++) {
    const part = few[value];
    for (let more = start, put = to; more <= end; more++, put++) line[put] += part * many[more];
  }
}

/** @param {Rows} rows @returns {Rows} */
function trimmed(rows) {
  const {line, wide, low, high} = rows;
  for (let row = 0; row < low.length; row++) {
    while (low[row] < high[row] && line[row * wide + low[row]] < TRIM) low[row]++;
    while (low[row] < high[row] && line[row * wide + high[row]] < TRIM) high[row]--;
  }
  return rows;
}

/** @param {Rows[]} groups @returns {Rows} */
function productOf(groups) {
  return groups.reduce(convolved);
}

/**
 * The distribution of a sum, row by row.
 * @param {Rows} one @param {Rows} other
 * @returns {Rows}
 */
export function convolved(one, other) {
  const count = one.low.length;
  const wide = one.wide + other.wide - 1;
  const line = new Float64Array(wide * count);
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
  return trimmed({line, wide, low, high});
}

/**
 * @param {Parameters} parameters
 * @param {Frame} frame
 * @param {{pairs: Pairs[], away: ReturnType<typeof absenceIn>, known: number[], states: number,
 *   absent: number[]}} given
 */
function adoption({rule}, frame, {pairs, away, known, states, absent}) {
  const missing = states - rule.quorum + 1;
  const {lost, rough} = away;
  const quorumMissed = sum(absent.slice(missing));
  // node by node the chance of no quorum is rough; it is set to the one integrated closely
  const right = rough > 1e-9 ? quorumMissed / rough : 1;
  const lowest = Math.min(...rule.weights);
  const steps = rule.weights.map((weight) => weight - lowest);
  const shift = sum(known.map((count, choice) => count * rule.weights[choice]));
  const mark = rule.at_least - shift - lowest * freeOf(frame).length;
  let adopted = 0;
  for (const pair of pairs) {
    const {rows, mute} = counted(frame, pair, steps);
    const last = /** @type {Rows} */ (rows.pop());
    const before = rows.length ? productOf(rows) : null;
    pair.weights.forEach((weight, row) => {
      const reached = before ? reaching(before, last, {row, mark}) : sum(tailOf(last, row, mark));
      // 0 >= 2 * 0 holds, but nothing is adopted that nobody says yes to
      const without = rule.at_least <= 0 ? mute[row] : 0;
      adopted += weight * (1 - right * lost[pair.column]) * Math.max(reached - without, 0);
    });
  }
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

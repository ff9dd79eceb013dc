// The vote with nothing sampled: what sim.vote.exact does in Python, in the browser. Pure functions;
// both are held to the same numbers by tests/test_page_engine.py.

import {nearly, normal, quantile, tailed} from "./normal.js";
import {evenly, largest, pointsFor, shared, strengths} from "./quadrature.js";

/** @typedef {import("./quadrature.js").Quadrature} Quadrature */
/** @typedef {number[] | {of: number[], at: string}} Packed numbers of states, few of them different */
/**
 * @typedef {object} Position how a position differs from the one the forecast assumes
 * @property {number} distance
 * @property {number} distance_sd
 * @property {Packed} pressure
 * @property {Packed} pressure_sd
 * @property {Packed} absence
 * @property {number[]} vote how the United States then votes
 */
/**
 * @typedef {object} Arm
 * @property {string} name
 * @property {string} label
 * @property {Packed} free how far each state is free to follow
 * @property {[number, number[]][]} rows states whose probabilities differ from the common ones
 * @property {Record<string, number>} positions chances of the positions of the United States
 */
/**
 * @typedef {object} Parameters
 * @property {{code: string[], name: string[]}} states
 * @property {number[][]} probabilities [state, choice]
 * @property {{groups: number, group: number[], assembly: number[], bloc: number[],
 *   attendance: number[], stance_sizes: [number, number][], attendance_sizes: [number, number][],
 *   eps: Packed, cap: Packed}} dependence
 * @property {{effect: Packed, effect_sd: Packed}} influence
 * @property {Record<string, Position>} positions
 * @property {Arm[]} arms
 * @property {{unlikely: number, spreads: number, few: number}} surprise
 * @property {[number, number][]} worlds arms in which known votes are announced, with chances
 * @property {number} us row of the United States
 * @property {{weights: number[], at_least: number, quorum: number}} rule
 * @property {{choice: number, at_least: number, label: string}[]} thresholds
 * @property {Quadrature} quadrature
 */
/**
 * @typedef {object} Question what the reader asks
 * @property {number} arm
 * @property {Record<string, number> | null} positions in place of the arm's
 * @property {number} scale multiplies the effect of the United States
 * @property {Record<number, number>} known choices by state
 * @property {Record<number, Record<number, number>>} [steps] the same of each step on the way
 */
/**
 * @typedef {object} Move
 * @property {number} chance
 * @property {number} distance
 * @property {number} distanceSd
 * @property {Float64Array} pressure
 * @property {Float64Array} pressureSd
 * @property {Float64Array} absence
 */
/**
 * @typedef {object} Ballot
 * @property {number[][]} probabilities before anybody is moved
 * @property {Float64Array} absentAbove
 * @property {Float64Array} yesAbove
 * @property {Float64Array} noBelow
 * @property {Float64Array} effect
 * @property {Float64Array} effectSd
 * @property {number} blur how smoothly chances follow an uncertainty
 * @property {number} sharp how sharply known votes tell strengths apart
 * @property {Move[]} moves
 */
/**
 * @typedef {object} Column a point of attendance at one strength of the effect
 * @property {number} strength
 * @property {number} part which weights of nodes it takes
 * @property {number} weight
 * @property {Float64Array} absent
 */
/**
 * @typedef {object} Group states that share a factor, at one size
 * @property {number[]} states
 * @property {number} points
 * @property {Float64Array} yes [strength, state, point]
 * @property {Float64Array} no
 * @property {Float64Array[]} mix by strength: what each point weighs at each node [point, node]
 */
/**
 * @typedef {object} Frame everything held: given a column and a node, groups are independent, and
 *   so are states given a point of their group
 * @property {number} strengths
 * @property {Column[]} columns
 * @property {{nodes: number, weight: Float64Array, groups: Group[]}[]} sizes weight [part, node]
 * @property {{weight: number, absent: Float64Array}[]} attended attendance alone, at more points, once votes are known
 * @property {Record<number, number>} known
 * @property {number} logKnown log probability of the known votes
 */

export const [YES, ABSTAIN, NO, ABSENT] = [0, 1, 2, 3];
const NEGLIGIBLE = 1e-12;

/** @param {Packed} packed @returns {Float64Array} */
export function unpacked(packed) {
  if (Array.isArray(packed)) return Float64Array.from(packed);
  return Float64Array.from(packed.at, (digit) => packed.of[parseInt(digit, 36)]);
}

/** @type {WeakMap<Parameters, Map<string, Ballot>>} */
const ballots = new WeakMap();
const ASKED = 20; // ballots kept

/**
 * The ballot of what the reader asks: an arm, or other chances of positions, at some strength.
 * @param {Parameters} parameters
 * @param {Question} question
 * @returns {Ballot}
 */
export function ballotOf(parameters, question) {
  const kept = ballots.get(parameters) ?? new Map();
  ballots.set(parameters, kept);
  const key = JSON.stringify([question.arm, question.positions, question.scale]);
  const found = kept.get(key) ?? ballotMade(parameters, question);
  if (kept.size > ASKED) kept.clear();
  kept.set(key, found);
  return found;
}

/** @param {Parameters} parameters @param {Question} question @returns {Ballot} */
function ballotMade(parameters, question) {
  const arm = parameters.arms[question.arm];
  const probabilities = parameters.probabilities.map((row) => row);
  for (const [state, row] of arm.rows) probabilities[state] = row;
  const chances = Object.entries(question.positions ?? arm.positions).filter(([, chance]) => chance > 0);
  const sum = chances.reduce((total, [, chance]) => total + chance, 0);
  if (question.positions) {
    const own = [0, 0, 0, 0];
    for (const [name, chance] of chances) {
      parameters.positions[name].vote.forEach((part, choice) => { own[choice] += (chance / sum) * part; });
    }
    probabilities[parameters.us] = own;
  }
  const free = unpacked(arm.free);
  const scale = question.scale;
  const present = probabilities.map((row) => row[YES] + row[ABSTAIN] + row[NO] || 1);
  const edge = (/** @type {number} */ choice) => Float64Array.from(probabilities,
    (row, state) => quantile(Math.min(row[choice] / present[state], 1)));
  return {
    probabilities,
    ...blurOf(parameters),
    absentAbove: Float64Array.from(probabilities, (row) => -quantile(row[ABSENT])),
    yesAbove: edge(YES).map((value) => -value),
    noBelow: edge(NO),
    effect: unpacked(parameters.influence.effect).map((value, state) => scale * free[state] * value),
    effectSd: unpacked(parameters.influence.effect_sd).map((value, state) => scale * free[state] * value),
    moves: chances.map(([name, chance]) => {
      const {distance, distance_sd: distanceSd, ...rest} = parameters.positions[name];
      const times = (/** @type {Packed} */ packed) => unpacked(packed).map((value) => scale * value);
      return {
        chance: chance / sum, distance, distanceSd, pressure: times(rest.pressure),
        pressureSd: times(rest.pressure_sd), absence: times(rest.absence),
      };
    }),
  };
}

export const some = (/** @type {Float64Array} */ numbers) => numbers.some((number) => number !== 0);

/** @type {WeakMap<Ballot, Move[]>} */
const movesKept = new WeakMap();

/**
 * The moves of a ballot, those that move nobody as one.
 * @param {Ballot} ballot
 * @returns {Move[]}
 */
function distinct(ballot) {
  const found = movesKept.get(ballot) ?? movesOf(ballot);
  movesKept.set(ballot, found);
  return found;
}

/** @param {Ballot} ballot @returns {Move[]} */
function movesOf(ballot) {
  const follows = some(ballot.effect) || some(ballot.effectSd);
  const moving = ballot.moves.filter((move) => some(move.pressure) || some(move.pressureSd)
    || some(move.absence) || (follows && (move.distance !== 0 || move.distanceSd !== 0)));
  const still = ballot.moves.filter((move) => !moving.includes(move));
  if (!still.length) return moving;
  const none = new Float64Array(ballot.effect.length);
  const chance = still.reduce((sum, move) => sum + move.chance, 0);
  return [{chance, distance: 0, distanceSd: 0, pressure: none, pressureSd: none, absence: none}, ...moving];
}

/**
 * How far one standard deviation of strength and of distance moves a state at most; more where states share little.
 * @param {Ballot} ballot @param {Move} move
 * @returns {[number, number]}
 */
export function uncertain(ballot, move) {
  const usual = some(ballot.effect) ? ballot.effect : ballot.effectSd;
  const far = move.pressureSd.map((sd, state) => move.distanceSd * Math.abs(usual[state]) + sd);
  const most = Math.abs(move.distance) + move.distanceSd;
  return [(most * largest(ballot.effectSd)) / ballot.blur, largest(far) / ballot.blur];
}

/**
 * How smoothly chances follow an uncertainty, 1 where states share enough; and how sharply known votes tell strengths apart, 1 where
 * enough is each state's own.
 * @param {Parameters} parameters
 */
function blurOf({dependence: {assembly, bloc, stance_sizes: sizes}, quadrature: {wide: {blur: [least, enough]}}}) {
  const size = Math.min(...sizes.flatMap(([chance, factor]) => (chance > 0 ? [factor] : [])));
  const own = assembly.map((weight, state) => 1 / (1 + size ** 2 * (weight ** 2 + bloc[state] ** 2)));
  const mean = (/** @type {number[]} */ numbers) => numbers.reduce((sum, one) => sum + one, 0) / own.length;
  const shared = Math.sqrt(mean(own.map((one) => 1 - one)));
  return {
    blur: Math.min(1, Math.max(least, shared / enough)),
    sharp: Math.max(1, enough / mean(own.map(Math.sqrt))),
  };
}

/**
 * Every position and strength of the effect, and the parts in which attendance is held closely or roughly: what other strengths than
 * the middle one change is a small difference to it.
 * @param {Ballot} ballot
 * @param {Quadrature} quadrature
 */
function held(ballot, quadrature) {
  return distinct(ballot).flatMap((move) => {
    const points = strengths(uncertain(ballot, move), quadrature);
    const roughly = points.length > 1 && !some(move.absence);
    return points.map((point) => partsAt(move, point, roughly));
  });
}

/** @param {Move} move @param {import("./quadrature.js").Strength} point @param {boolean} roughly */
function partsAt(move, point, roughly) {
    const weight = point.weight * move.chance;
    const middle = point.effect === 0 && point.distance === 0;
    const parts = roughly
      ? [{weight: weight - (middle ? move.chance : 0), closely: false},
        ...(middle ? [{weight: move.chance, closely: true}] : [])]
      : [{weight, closely: true}];
    return {move, point, parts};
}

/** @param {Ballot} ballot @param {Move} move @param {{effect: number, distance: number}} point */
export function shiftAt(ballot, move, point) {
  return ballot.effect.map((effect, state) => (
    (effect + point.effect * ballot.effectSd[state]) * (move.distance + move.distanceSd * point.distance)
    + move.pressure[state] + point.distance * move.pressureSd[state]));
}

/** @type {WeakMap<Parameters, {eps: Float64Array, cap: Float64Array}>} */
const wills = new WeakMap();

/**
 * How much of each state's improbable votes is its own.
 * @param {Parameters} parameters
 */
export function willsOf(parameters) {
  let found = wills.get(parameters);
  if (!found) {
    found = {eps: unpacked(parameters.dependence.eps), cap: unpacked(parameters.dependence.cap)};
    wills.set(parameters, found);
  }
  return found;
}

/** @type {WeakMap<Parameters, Parameters>} */
const without = new WeakMap();

/**
 * The same without own will, which counts once votes are known.
 * @param {Parameters} parameters
 * @returns {Parameters}
 */
export function unwilled(parameters) {
  let found = without.get(parameters);
  if (!found) {
    const eps = new Array(parameters.states.code.length).fill(0);
    found = {...parameters, dependence: {...parameters.dependence, eps}};
    without.set(parameters, found);
  }
  return found;
}

/**
 * The own mass above an edge, and the edge for what follows the factors.
 * @param {number} edge @param {number} eps @param {number} cap
 * @returns {[number, number]}
 */
function beyond(edge, eps, cap) {
  if (eps === 0) return [0, edge];
  const far = Math.abs(edge);
  const own = Math.min(cap * tailed(-far), eps / 4);
  const followed = followedAt(far, eps, cap);
  return edge >= 0 ? [own, followed] : [eps / 2 - own, -followed];
}

const APART = 1 / 64; // of the points between which a followed edge is a cubic: off by 1e-9 at most
const FARTHEST = 7;
/** @type {{eps: number, cap: number, of: Float64Array}[]} cubics by own will */
const cubics = [];
const WILLS = 20; // of which they are kept

/**
 * The edge for what follows the factors, of an edge from 0 up.
 * @param {number} far @param {number} eps @param {number} cap
 */
function followedAt(far, eps, cap) {
  if (far >= FARTHEST) return followedExactly(far, eps, cap)[0];
  const of = cubicsOf(eps, cap);
  const step = Math.floor(far / APART);
  const part = far / APART - step;
  const place = 4 * step;
  const found = of[place] + part * (of[place + 1] + part * (of[place + 2] + part * of[place + 3]));
  return Number.isFinite(found) ? found : followedExactly(far, eps, cap)[0];
}

/** @param {number} eps @param {number} cap */
function cubicsOf(eps, cap) {
  for (const kept of cubics) if (kept.eps === eps && kept.cap === cap) return kept.of;
  const of = new Float64Array(4 * Math.ceil(FARTHEST / APART));
  for (let place = 0; place < of.length; place += 4) {
    const [[low, first], [middle], [high, last]] = [0, 0.5, 1].map((part) => followedExactly((place / 4 + part) * APART, eps, cap));
    const rise = high - low;
    const off = (low + high) / 2 + (first - last) / 8 - middle;
    // no cubic where own will ceases to be capped, nor just beside
    of.set([Math.abs(off) < 1e-9 ? low : NaN, first, 3 * rise - 2 * first - last, first + last - 2 * rise], place);
  }
  if (cubics.length >= WILLS) cubics.shift();
  cubics.push({eps, cap, of});
  return of;
}

/**
 * That edge, and how fast it rises from point to point.
 * @param {number} far @param {number} eps @param {number} cap
 */
function followedExactly(far, eps, cap) {
  const tail = normal(-far);
  const capped = Number(cap * tail < eps / 4);
  const own = capped ? cap * tail : eps / 4;
  const edge = -quantile((tail - own) / (1 - eps / 2), Math.max(-far, -8));
  return [edge, (APART * (1 - capped * cap) * Math.exp((edge * edge - far * far) / 2)) / (1 - eps / 2)];
}

/**
 * @typedef {object} Edges how far support lies above what a yes takes and below what a no takes, and
 *   the chances that it does by a state's own will
 * @property {Float64Array} above
 * @property {Float64Array} below
 * @property {Float64Array} ownYes
 * @property {Float64Array} ownNo
 */

/** @param {Parameters} parameters @param {Ballot} ballot @param {Float64Array} shift @returns {Edges} */
export function edgesAt(parameters, ballot, shift) {
  const count = shift.length;
  const found = {above: new Float64Array(count), below: new Float64Array(count),
    ownYes: new Float64Array(count), ownNo: new Float64Array(count)};
  const {eps, cap} = willsOf(parameters);
  for (let state = 0; state < count; state++) {
    if (eps[state] === 0) {
      found.above[state] = shift[state] - ballot.yesAbove[state];
      found.below[state] = ballot.noBelow[state] - shift[state];
      continue;
    }
    const [ownYes, above] = beyond(ballot.yesAbove[state] - shift[state], eps[state], cap[state]);
    const [ownNo, below] = beyond(shift[state] - ballot.noBelow[state], eps[state], cap[state]);
    found.above[state] = -above;
    found.below[state] = -below;
    found.ownYes[state] = ownYes;
    found.ownNo[state] = ownNo;
  }
  return found;
}

/**
 * Points of the attendance factor at both its sizes, with weights that sum to 1.
 * @param {Parameters} parameters
 * @param {import("./quadrature.js").Fineness} fineness
 * @param {boolean} closely
 */
function attendancePoints({dependence, quadrature}, fineness, closely) {
  const most = largest(dependence.attendance);
  return dependence.attendance_sizes.flatMap(([chance, size]) => {
    const points = closely
      ? evenly(pointsFor(size * most, fineness.attendance, fineness.step / 3, fineness.span), fineness.span)
      : {value: quadrature.aside[0], weight: quadrature.aside[1]};
    return Array.from(points.value, (value, place) => (
      {size, value, weight: chance * points.weight[place]}));
  });
}

/** @type {WeakMap<object, WeakMap<Move, {mine: Float64Array, edge: Float64Array}>>} by own will */
const absences = new WeakMap();

/**
 * The own mass and the edge of each state's absence.
 * @param {Parameters} parameters @param {Ballot} ballot @param {Move} move
 */
function absenceOf(parameters, ballot, move) {
  const own = willsOf(parameters);
  const kept = absences.get(own) ?? new WeakMap();
  absences.set(own, kept);
  let edges = kept.get(move);
  if (!edges) {
    const {eps, cap} = own;
    const both = Array.from(ballot.absentAbove, (edge, state) => beyond(edge - move.absence[state], eps[state], cap[state]));
    edges = {mine: Float64Array.from(both, ([own]) => own), edge: Float64Array.from(both, ([, edge]) => edge)};
    kept.set(move, edges);
  }
  return edges;
}

/**
 * Chances of absence of states at a point of the attendance factor.
 * @param {Parameters} parameters
 * @param {Ballot} ballot
 * @param {Move} move
 * @param {{size: number, value: number}} at
 * @param {ArrayLike<number>} [states] by default all, in order
 */
export function absentAt(parameters, ballot, move, {size, value}, states) {
  const {mine, edge} = absenceOf(parameters, ballot, move);
  const {eps} = willsOf(parameters);
  const {attendance} = parameters.dependence;
  const below = states ? normal : nearly; // logarithms are taken of those of some states
  const found = new Float64Array(states ? states.length : edge.length);
  for (let place = 0; place < found.length; place++) {
    const state = states ? states[place] : place;
    const taken = size * attendance[state];
    const follows = below(taken * value - edge[state] * Math.sqrt(1 + taken * taken));
    found[place] = mine[state] + (1 - eps[state] / 2) * follows;
  }
  return found;
}

/**
 * How the groups are held at each size: it does not depend on the arm, only on what states share.
 * @param {Parameters} parameters
 */
export function skeleton({dependence, quadrature}) {
  return dependence.stance_sizes.map(([chance, size]) => {
    const assembly = Float64Array.from(dependence.assembly, (weight) => size * weight);
    const bloc = Float64Array.from(dependence.bloc, (weight) => size * weight);
    const own = assembly.map((weight, state) => Math.sqrt(1 + weight ** 2 + bloc[state] ** 2));
    const reach = largest(assembly.map((weight, state) => weight / Math.hypot(1, bloc[state])));
    const count = pointsFor(reach, quadrature.fine.assembly, quadrature.fine.step, quadrature.span);
    const line = evenly(count, quadrature.span);
    const groups = Array.from({length: dependence.groups}, (_, number) => number).flatMap((number) => {
      const states = [...dependence.group.keys()].filter((state) => dependence.group[state] === number);
      if (!states.length) return [];
      const of = (/** @type {Float64Array} */ all) => Float64Array.from(states, (state) => all[state]);
      return [{states, ...shared(of(assembly), of(bloc), line.value, quadrature)}];
    });
    return {chance, own, line, groups};
  });
}

/**
 * Everything at the points where it is held, where no vote is known.
 * @param {Parameters} parameters
 * @param {Ballot} ballot
 * @param {ReturnType<typeof skeleton>} bones
 * @param {number} push added to every state's support
 * @returns {Frame}
 */
export function framed(parameters, ballot, bones, push = 0) {
  parameters = unwilled(parameters);
  const points = held(ballot, parameters.quadrature);
  const columns = points.flatMap(({move, parts}, strength) => parts.flatMap(({weight, closely}) => (
    attendancePoints(parameters, parameters.quadrature.fine, closely).map((at) => (
      {strength, part: strength, weight: weight * at.weight, absent: absentAt(parameters, ballot, move, at)})))));
  const shifts = points.map(({move, point}) => shiftAt(ballot, move, point).map((shift) => shift + push));
  const edges = shifts.map((shift) => edgesAt(parameters, ballot, shift));
  const follow = new Float64Array(ballot.effect.length).fill(1);
  const sizes = bones.map(({chance, own, line, groups}) => {
    const nodes = line.value.length;
    const weight = new Float64Array(shifts.length * nodes);
    for (let place = 0; place < weight.length; place++) weight[place] = chance * line.weight[place % nodes];
    return {nodes, weight, groups: groups.map((group) => (
      {...stances(edges, follow, own, group), mix: shifts.map(() => group.onto)}))};
  });
  return {strengths: shifts.length, columns, sizes, attended: [], known: {}, logKnown: 0};
}

/**
 * Chances of yes and no of those present, at every strength and point.
 * @param {Edges[]} edges by strength
 * @param {Float64Array} follow how far each state follows the factors
 * @param {Float64Array} own 1 / weight of a state's own part
 * @param {{states: number[], points: number, value: Float64Array}} group
 */
export function stances(edges, follow, own, {states, points, value}) {
  const yes = new Float64Array(edges.length * states.length * points);
  const no = new Float64Array(yes.length);
  let place = 0;
  for (const edge of edges) {
    for (let inside = 0; inside < states.length; inside++) {
      const state = states[inside];
      const [above, below] = [edge.above[state] * own[state], edge.below[state] * own[state]];
      const [ownYes, ownNo] = [edge.ownYes[state], edge.ownNo[state]];
      const part = follow[state];
      for (let point = 0; point < points; point++, place++) {
        const taken = value[inside * points + point];
        yes[place] = ownYes + part * nearly(above + taken);
        no[place] = ownNo + part * nearly(below - taken);
      }
    }
  }
  return {states, points, yes, no};
}

/**
 * Probabilities of all states where no vote is known: what they share does not change them, and the
 * strength of the effect adds its variance to a state's own [state * 4 + choice].
 * @param {Parameters} parameters
 * @param {Ballot} ballot
 */
export function unconditional({quadrature}, ballot) {
  const count = ballot.effect.length;
  const found = new Float64Array(4 * count);
  for (const move of distinct(ballot)) {
    const [, far] = uncertain(ballot, move);
    const [values, weights] = far ? quadrature.marginal : [[0], [1]];
    for (let state = 0; state < count; state++) {
      let [yes, no] = [0, 0];
      values.forEach((value, place) => {
        const distance = move.distance + move.distanceSd * value;
        const shift = ballot.effect[state] * distance + move.pressure[state] + value * move.pressureSd[state];
        const spread = Math.sqrt(1 + (ballot.effectSd[state] * distance) ** 2);
        yes += weights[place] * normal((shift - ballot.yesAbove[state]) / spread);
        no += weights[place] * normal((ballot.noBelow[state] - shift) / spread);
      });
      const away = normal(move.absence[state] - ballot.absentAbove[state]);
      const chances = [yes, Math.max(1 - yes - no, 0), no].map((chance) => chance * (1 - away));
      [...chances, away].forEach((chance, choice) => { found[4 * state + choice] += move.chance * chance; });
    }
  }
  return found;
}

export {attendancePoints, beyond, distinct, NEGLIGIBLE};

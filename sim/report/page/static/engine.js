// The vote with nothing sampled: what sim.vote.exact does in Python, in the browser. Pure functions;
// both are held to the same numbers by tests/test_page_engine.py.

import {normal, quantile} from "./normal.js";
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
 *   attendance: number[], stance_sizes: [number, number][],
 *   attendance_sizes: [number, number][]}} dependence
 * @property {{effect: Packed, effect_sd: Packed}} influence
 * @property {Record<string, Position>} positions
 * @property {Arm[]} arms
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
 * @property {Float64Array} absentAbove
 * @property {Float64Array} yesAbove
 * @property {Float64Array} noBelow
 * @property {Float64Array} effect
 * @property {Float64Array} effectSd
 * @property {Move[]} moves
 */
/**
 * @typedef {object} Column a point of attendance at one strength of the effect
 * @property {number} strength
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
 * @property {{nodes: number, weight: Float64Array, groups: Group[]}[]} sizes weight [strength, node]
 * @property {number[]} attendance weight of each strength in attendance alone
 * @property {Record<number, number>} known
 * @property {number} logKnown log probability of the known votes
 */

export const [YES, ABSTAIN, NO, ABSENT] = [0, 1, 2, 3];
const LEAST = 1e-300;
const NEGLIGIBLE = 1e-12;

/** @param {Packed} packed @returns {Float64Array} */
export function unpacked(packed) {
  if (Array.isArray(packed)) return Float64Array.from(packed);
  return Float64Array.from(packed.at, (digit) => packed.of[parseInt(digit, 36)]);
}

/**
 * The ballot of what the reader asks: an arm, or other chances of positions, at some strength.
 * @param {Parameters} parameters
 * @param {Question} question
 * @returns {Ballot}
 */
export function ballotOf(parameters, question) {
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

const some = (/** @type {Float64Array} */ numbers) => numbers.some((number) => number !== 0);

/**
 * The moves of a ballot, those that move nobody as one.
 * @param {Ballot} ballot
 * @returns {Move[]}
 */
function distinct(ballot) {
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
 * Every strength of the effect that has to be looked at, and whether attendance is held closely.
 * @param {Ballot} ballot
 * @param {Quadrature} quadrature
 * @param {boolean} known whether votes are known
 */
function held(ballot, quadrature, known) {
  const followed = some(ballot.effectSd);
  const follows = followed || some(ballot.effect);
  return distinct(ballot).flatMap((move) => {
    const howStrong = followed && (move.distance !== 0 || move.distanceSd !== 0);
    const howFar = (follows && move.distanceSd !== 0) || some(move.pressureSd);
    const points = strengths(howStrong, howFar, quadrature.effect);
    const roughly = points.length > 1 && !known && !some(move.absence);
    return points.map((point) => {
      const middle = point.effect === 0 && point.distance === 0;
      const parts = roughly
        ? [{weight: (point.weight - (middle ? 1 : 0)) * move.chance, closely: false},
          ...(middle ? [{weight: move.chance, closely: true}] : [])]
        : [{weight: point.weight * move.chance, closely: true}];
      return {move, point, parts};
    });
  });
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

/**
 * Chance of absence of each state at a point of the attendance factor.
 * @param {Parameters} parameters
 * @param {Ballot} ballot
 * @param {Move} move
 * @param {{size: number, value: number}} at
 */
function absentAt({dependence}, ballot, move, at) {
  return ballot.absentAbove.map((edge, state) => {
    const taken = at.size * dependence.attendance[state];
    return normal(taken * at.value + (move.absence[state] - edge) * Math.sqrt(1 + taken * taken));
  });
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
 * Everything at the points where it is held, before any vote is known.
 * @param {Parameters} parameters
 * @param {Ballot} ballot
 * @param {ReturnType<typeof skeleton>} bones
 * @param {boolean} known whether votes are going to be
 * @param {number} push added to every state's support
 * @returns {Frame}
 */
export function framed(parameters, ballot, bones, known, push = 0) {
  const points = held(ballot, parameters.quadrature, known);
  const columns = points.flatMap(({move, parts}, strength) => parts.flatMap(({weight, closely}) => (
    attendancePoints(parameters, parameters.quadrature.fine, closely).map((at) => (
      {strength, weight: weight * at.weight, absent: absentAt(parameters, ballot, move, at)})))));
  const shifts = points.map(({move, point}) => ballot.effect.map((effect, state) => (
    (effect + point.effect * ballot.effectSd[state]) * (move.distance + move.distanceSd * point.distance)
    + move.pressure[state] + point.distance * move.pressureSd[state] + push)));
  const sizes = bones.map(({chance, own, line, groups}) => {
    const nodes = line.value.length;
    const weight = new Float64Array(shifts.length * nodes);
    for (let place = 0; place < weight.length; place++) weight[place] = chance * line.weight[place % nodes];
    return {nodes, weight, groups: groups.map((group) => stances(ballot, shifts, own, group))};
  });
  return {strengths: shifts.length, columns, sizes, attendance: [], known: {}, logKnown: 0};
}

/**
 * Chances of yes and no of those present, at every strength and point.
 * @param {Ballot} ballot
 * @param {Float64Array[]} shifts
 * @param {Float64Array} own 1 / weight of a state's own part
 * @param {{states: number[], points: number, value: Float64Array, onto: Float64Array}} group
 * @returns {Group}
 */
function stances(ballot, shifts, own, {states, points, value, onto}) {
  const yes = new Float64Array(shifts.length * states.length * points);
  const no = new Float64Array(yes.length);
  let place = 0;
  for (const shift of shifts) {
    for (let inside = 0; inside < states.length; inside++) {
      const state = states[inside];
      const above = (shift[state] - ballot.yesAbove[state]) * own[state];
      const below = (ballot.noBelow[state] - shift[state]) * own[state];
      for (let point = 0; point < points; point++, place++) {
        const taken = value[inside * points + point];
        yes[place] = normal(above + taken);
        no[place] = normal(below - taken);
      }
    }
  }
  return {states, points, yes, no, mix: shifts.map(() => onto)};
}

/**
 * Chance of a choice of those present.
 * @param {Group} group @param {number} place @param {number} choice
 */
function chanceOf(group, place, choice) {
  if (choice === YES) return group.yes[place];
  if (choice === NO) return group.no[place];
  return Math.max(1 - group.yes[place] - group.no[place], 0);
}

/**
 * The frame with all weights conditioned on known votes. Given the strength of the effect a known
 * vote is as likely as its attendance times its stance, so the two are weighed apart.
 * @param {Frame} frame
 * @param {Record<number, number>} known
 * @returns {Frame}
 */
export function conditioned(frame, known) {
  const said = Object.entries(known).map(([state, choice]) => [Number(state), choice]);
  const attended = frame.columns.map(({absent}) => said.reduce((sum, [state, choice]) => (
    sum + Math.log(Math.max(choice === ABSENT ? absent[state] : 1 - absent[state], LEAST))), 0));
  const sizes = frame.sizes.map(({nodes, weight, groups}) => {
    const logs = weight.map(Math.log);
    const told = groups.map((group) => toldOf(group, nodes, known, logs));
    return {nodes, logs, groups: told};
  });
  const top = new Float64Array(frame.strengths).fill(-Infinity);
  for (const {nodes, logs} of sizes) {
    logs.forEach((log, place) => {
      const strength = Math.floor(place / nodes);
      top[strength] = Math.max(top[strength], log);
    });
  }
  const away = new Float64Array(frame.strengths).fill(-Infinity);
  frame.columns.forEach(({strength}, column) => {
    away[strength] = Math.max(away[strength], attended[column]);
  });
  const all = Math.max(...top.map((log, strength) => log + away[strength]));
  const stance = new Float64Array(frame.strengths);
  for (const {nodes, logs} of sizes) {
    logs.forEach((log, place) => { stance[Math.floor(place / nodes)] += Math.exp(log - top[Math.floor(place / nodes)]); });
  }
  const weights = frame.columns.map(({strength, weight}, column) => (
    weight * Math.exp(attended[column] + top[strength] - all)));
  const total = weights.reduce((sum, weight, column) => sum + weight * stance[frame.columns[column].strength], 0);
  const columns = frame.columns.map((column, place) => ({...column, weight: weights[place] / total}));
  return finished({
    ...frame,
    known,
    logKnown: Math.log(total) + all,
    columns,
    sizes: sizes.map(({nodes, logs, groups}) => ({
      nodes, groups, weight: logs.map((log, place) => Math.exp(log - top[Math.floor(place / nodes)])),
    })),
  });
}

/** @param {Frame} frame @returns {Frame} */
export function finished(frame) {
  const attendance = new Array(frame.strengths).fill(0);
  for (const {strength, weight} of frame.columns) attendance[strength] += weight;
  return {...frame, attendance};
}

/**
 * A group given its known votes; adds what they are worth at each node to the logarithms.
 * @param {Group} group
 * @param {number} nodes
 * @param {Record<number, number>} known
 * @param {Float64Array} logs [strength, node]
 * @returns {Group}
 */
function toldOf(group, nodes, known, logs) {
  const {states, points} = group;
  const told = states.flatMap((state, inside) => (known[state] === undefined || known[state] === ABSENT
    ? [] : [[inside, known[state]]]));
  if (!told.length) return group;
  const mix = group.mix.map((onto, strength) => {
    const chance = new Float64Array(points);
    for (const [inside, choice] of told) {
      const first = (strength * states.length + inside) * points;
      for (let point = 0; point < points; point++) {
        chance[point] += Math.log(Math.max(chanceOf(group, first + point, choice), LEAST));
      }
    }
    const found = new Float64Array(onto.length);
    for (let node = 0; node < nodes; node++) {
      let most = -Infinity;
      for (let point = 0; point < points; point++) {
        if (onto[point * nodes + node] > 0) most = Math.max(most, chance[point] + Math.log(onto[point * nodes + node]));
      }
      let sum = 0;
      for (let point = 0; point < points; point++) {
        const place = point * nodes + node;
        if (onto[place] > 0) found[place] = Math.exp(chance[point] + Math.log(onto[place]) - most);
        sum += found[place];
      }
      for (let point = 0; point < points; point++) found[point * nodes + node] /= sum;
      logs[strength * nodes + node] += most + Math.log(sum);
    }
    return found;
  });
  return {...group, mix};
}

/**
 * Probabilities of all states, given what is known [state * 4 + choice].
 * @param {Frame} frame
 * @param {number} count of states
 */
export function statesOf(frame, count) {
  const present = new Float64Array(frame.strengths * count);
  const found = new Float64Array(4 * count);
  const stance = new Float64Array(frame.strengths);
  for (const {nodes, weight} of frame.sizes) {
    for (let place = 0; place < weight.length; place++) stance[Math.floor(place / nodes)] += weight[place];
  }
  for (const {strength, weight, absent} of frame.columns) {
    for (let state = 0; state < count; state++) {
      present[strength * count + state] += weight * (1 - absent[state]);
      found[4 * state + ABSENT] += weight * absent[state] * stance[strength];
    }
  }
  for (const {nodes, weight, groups} of frame.sizes) {
    for (const {states, points, yes, no, mix} of groups) {
      for (let strength = 0; strength < frame.strengths; strength++) {
        const at = pointWeights(mix[strength], weight, strength, nodes, points);
        for (let inside = 0; inside < states.length; inside++) {
          const first = (strength * states.length + inside) * points;
          let [one, other] = [0, 0];
          for (let point = 0; point < points; point++) {
            one += at[point] * yes[first + point];
            other += at[point] * no[first + point];
          }
          found[4 * states[inside] + YES] += present[strength * count + states[inside]] * one;
          found[4 * states[inside] + NO] += present[strength * count + states[inside]] * other;
        }
      }
    }
  }
  for (let state = 0; state < count; state++) {
    const choice = frame.known[state];
    const of = found.subarray(4 * state, 4 * state + 4);
    of[ABSTAIN] = Math.max(1 - of[YES] - of[NO] - of[ABSENT], 0);
    if (choice !== undefined) of.fill(0)[choice] = 1;
  }
  return found;
}

/**
 * @param {Float64Array} mix @param {Float64Array} weight @param {number} strength
 * @param {number} nodes @param {number} points
 */
function pointWeights(mix, weight, strength, nodes, points) {
  const at = new Float64Array(points);
  for (let point = 0; point < points; point++) {
    for (let node = 0; node < nodes; node++) {
      at[point] += mix[point * nodes + node] * weight[strength * nodes + node];
    }
  }
  return at;
}

/**
 * What the reader asks, held and conditioned: the start of every answer.
 * @param {Parameters} parameters
 * @param {Question} question
 * @param {ReturnType<typeof skeleton>} [bones]
 */
export function answered(parameters, question, bones = skeleton(parameters)) {
  const any = Object.keys(question.known).length > 0;
  const ballot = ballotOf(parameters, question);
  const frame = framed(parameters, ballot, bones, any);
  return {ballot, frame: any ? conditioned(frame, question.known) : finished(frame)};
}

export {absentAt, attendancePoints, distinct, NEGLIGIBLE};

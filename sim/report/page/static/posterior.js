// What known votes say of what states share: sim.vote.exact.posterior. Given the strength of the
// effect a known vote is as likely as its attendance times its stance, so the two are weighed apart,
// on points moved to where the known votes leave room.

import {nearly, normal} from "./normal.js";
import {evenly, largest, pointsFor, shared, strengths} from "./quadrature.js";
import {ABSENT, ABSTAIN, NO, YES, absentAt, ballotOf, distinct, edgesAt, framed, shiftAt, skeleton, some, stances,
  uncertain, unconditional, willsOf} from "./engine.js";

/** @typedef {import("./engine.js").Parameters} Parameters */
/** @typedef {import("./engine.js").Ballot} Ballot */
/** @typedef {import("./engine.js").Frame} Frame */
/** @typedef {import("./engine.js").Edges} Edges */
/** @typedef {import("./quadrature.js").Fineness} Fineness */
/** @typedef {(at: Float64Array) => Float64Array[]} LogDensity points in, logarithms out, a row each */
/**
 * @typedef {object} KnownGroup a group some of whose stances may be known
 * @property {number[]} states whose votes are not
 * @property {LogDensity} logKnown log probability of the known ones at nodes [likelihood or 1][node]
 * @property {(node: Float64Array) => {points: number, value: Float64Array, onto: Float64Array[]}} at
 * @property {(node: Float64Array, weight: Float64Array[], place: number[]) => Spots} spots where sums are taken, under
 *   weights [strength][node]
 */
/**
 * @typedef {object} Spots
 * @property {Float64Array} value what is shared [state, point]
 * @property {Float64Array} spread of what is left beside it, own part and what is integrated out [state]
 * @property {Float64Array[]} weight [strength][point]
 */

const LOWEST = 1e-300;

/** @param {Iterable<number>} logs */
function logSum(logs) {
  let top = -Infinity;
  for (const log of logs) top = Math.max(top, log);
  if (!Number.isFinite(top)) return top;
  let total = 0;
  for (const log of logs) total += Math.exp(log - top);
  return Math.log(total) + top;
}

/** @param {number} low @param {number} high @param {number} count */
function spaced(low, high, count) {
  return Float64Array.from({length: count}, (_, place) => low + ((high - low) * place) / (count - 1));
}

/**
 * Points where densities lie, moved nearer to each other until they are near enough.
 * @param {LogDensity} logDensity
 * @param {{far: number, look: number, gone: number, light: number}} how
 * @param {number} step most distance of points
 * @param {(sd: number) => number} apart most distance from the sd of the narrowest part of a density
 * @returns {{value: Float64Array, logs: Float64Array[], step: number}}
 */
function room(logDensity, {far, look, gone, light}, step, apart) {
  let [low, high, most] = [-far, far, step];
  for (let turn = 1; ; turn++) {
    const value = spaced(low, high, 2 * Math.max(2, Math.ceil((high - low) / most / 2)) + 1);
    const between = value[1] - value[0];
    const logs = logDensity(value);
    let [first, last, bend] = [value.length, 0, -1e-12];
    for (const row of logs) {
      const top = row.reduce((highest, log) => Math.max(highest, log), -Infinity);
      for (let place = 0; place < row.length; place++) {
        if (row[place] - top <= -gone) continue;
        first = Math.min(first, place);
        last = Math.max(last, place);
        if (place > 0 && place < row.length - 1 && row[place] - top > -light) {
          bend = Math.min(bend, row[place - 1] - 2 * row[place] + row[place + 1]);
        }
      }
    }
    first = Math.max(first - 1, 0);
    last = Math.min(last + 1, value.length - 1);
    most = Math.min(step, apart(Math.max(between / Math.sqrt(-bend), between / 4)));
    if (between <= most || turn === look) {
      return {value: value.slice(first, last + 1), logs: logs.map((row) => row.slice(first, last + 1)), step: between};
    }
    [low, high] = [value[first], value[last]];
  }
}

/** @typedef {{chance: number, ballot: Ballot}} World an arm in which known votes were announced */
/** @typedef {import("./engine.js").Move} Move */
/**
 * @typedef {object} Twice a position and strength in the arm, and in the one of the announcement
 * @property {Move} move
 * @property {{effect: number, distance: number}} point
 * @property {number} weight
 * @property {Ballot} said
 * @property {Move} saidMove
 * @property {boolean} still whether nobody is moved there
 */

/**
 * Positions in order, all that move nobody as one.
 * @param {Ballot} ballot
 */
function positionsOf(ballot) {
  const moving = distinct(ballot);
  const none = moving.find((move) => !ballot.moves.includes(move)) ?? moving[0];
  return ballot.moves.map((move) => ({chance: move.chance, move: moving.includes(move) ? move : none}));
}

/**
 * Every position and strength, in the arm and where votes were announced: strength and distance are
 * the same in both, and one number decides on the positions.
 * @param {Parameters} parameters @param {Ballot} ballot @param {World[]} worlds
 * @returns {Twice[]}
 */
function heldTwice({quadrature}, ballot, worlds) {
  const here = positionsOf(ballot);
  return worlds.flatMap(({chance, ballot: said}) => {
    const there = said === ballot ? here : positionsOf(said);
    return overlaps(here, there).flatMap(({share, move, other}) => {
      const [one, two] = [uncertain(ballot, move), uncertain(said, other)];
      const points = strengths([ballot.sharp * Math.max(one[0], two[0]), ballot.sharp * Math.max(one[1], two[1])], quadrature);
      const still = !ballotMoves(said, other);
      return points.map((point) => (
        {move, point, weight: point.weight * chance * share, said, saidMove: other, still}));
    });
  });
}

/** @param {Ballot} ballot @param {Move} move whether it moves anybody */
function ballotMoves(ballot, move) {
  return ballot.moves.includes(move);
}

/**
 * Positions that one number gives two arms together, each pair with its chance.
 * @param {{chance: number, move: Move}[]} here @param {{chance: number, move: Move}[]} there
 */
function overlaps(here, there) {
  /** @type {{share: number, move: Move, other: Move}[]} */
  const found = [];
  let [one, two] = [0, 0];
  let [left, right] = [here[0].chance, there[0].chance];
  while (one < here.length && two < there.length) {
    const share = Math.min(left, right);
    const [move, other] = [here[one].move, there[two].move];
    const before = found.find((each) => each.move === move && each.other === other);
    if (before) before.share += share;
    else if (share > 1e-12) found.push({share, move, other});
    left -= share;
    right -= share;
    if (left <= 1e-12) left = here[++one]?.chance ?? 0;
    if (right <= 1e-12) right = there[++two]?.chance ?? 0;
  }
  return found;
}

/** @typedef {{move: Move, parts: ReturnType<typeof attendanceOf>["parts"]}} AttendedMove */

/**
 * A function that keeps what it found, by one or two objects that decide it.
 * @template T, R
 * @param {(asked: T) => object} key @param {(asked: T) => R} found @param {(asked: T) => object} [second]
 * @returns {(asked: T) => R}
 */
function memo(key, found, second = key) {
  /** @type {Map<object, Map<object, R>>} */
  const kept = new Map();
  return (asked) => {
    const row = kept.get(key(asked)) ?? new Map();
    kept.set(key(asked), row);
    if (!row.has(second(asked))) row.set(second(asked), found(asked));
    return /** @type {R} */ (row.get(second(asked)));
  };
}

/**
 * @typedef {object} Posterior what states share, given the known votes
 * @property {Twice[]} points strengths of the effect
 * @property {number[]} place which likelihood of the known votes a strength has
 * @property {ReturnType<typeof attendanceOf>[]} attended by likelihood
 * @property {{own: Float64Array, node: Float64Array, weight: Float64Array[], groups: KnownGroup[]}[]} sizes weight
 *   [strength][node]
 * @property {number} logKnown
 */

/**
 * @param {Parameters} parameters
 * @param {Ballot} ballot
 * @param {{known: Record<number, number>, worlds: World[], fineness: Fineness}} asked
 * @returns {Posterior}
 */
function inferred(parameters, ballot, {known, worlds, fineness}) {
  const {negligible} = parameters.quadrature.room;
  const points = heldTwice(parameters, ballot, worlds);
  /** @type {Twice[]} */
  const different = [];
  const place = points.map((at) => {
    const same = different.findIndex((other) => other.said === at.said && other.saidMove === at.saidMove
      && (at.still || (other.point.effect === at.point.effect && other.point.distance === at.point.distance)));
    return same >= 0 ? same : different.push(at) - 1;
  });
  const attended = different.map(memo(({saidMove}) => saidMove,
    ({said, saidMove}) => attendanceOf(parameters, said, saidMove, {known, fineness})));
  const edges = different.map(({said, saidMove, point}) => edgesAt(parameters, said, shiftAt(said, saidMove, point)));
  const held = parameters.dependence.stance_sizes.map(([chance, size]) => (
    {chance, ...stanceOf(parameters, size, {known, fineness, edges})}));
  const logs = held.map(({chance, weight, logKnown}) => points.map(({weight: prior}, strength) => weight.map((part, node) => (
    Math.log(prior * chance * part) + logKnown[place[strength]][node] + attended[place[strength]].evidence))));
  const logKnown = logSum(logs.flat().flatMap((one) => [...one]));
  const sizes = held.flatMap(({own, node, groups}, number) => {
    const weights = logs[number].map((one) => one.map((log) => Math.exp(log - logKnown)));
    const heaviest = node.map((_, at) => largest(weights.map((one) => one[at])));
    const most = largest(heaviest);
    if (weights.reduce((all, one) => all + total(one), 0) <= negligible) return [];
    const kept = [...node.keys()].filter((at) => heaviest[at] > negligible * most);
    return [{own, node: of(node, kept), weight: weights.map((one) => of(one, kept)),
      groups: groups.filter(({states}) => states.length)}];
  });
  return {points, place, attended, sizes, logKnown};
}

/** @param {Float64Array | number[]} numbers @returns {number} */
function total(numbers) {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

/**
 * Posterior weight of each strength.
 * @param {Posterior} posterior
 */
function strengthsOf({points, sizes}) {
  return points.map((_, strength) => sizes.reduce((sum, {weight}) => sum + total(weight[strength]), 0));
}

/**
 * What each strength takes of the attendance factor, alike for all that move states alike.
 * @template R
 * @param {Posterior} posterior @param {(asked: AttendedMove) => R} found
 * @returns {R[]}
 */
function byAttendance({points, place, attended}, found) {
  const once = memo((/** @type {AttendedMove} */ {move}) => move, found, ({parts}) => parts);
  return points.map(({move}, strength) => once({move, parts: attended[place[strength]].parts}));
}

/**
 * Probabilities of yes, no and absence of each state [state * 4 + choice].
 * @param {Parameters} parameters @param {Ballot} ballot @param {Posterior} posterior
 */
function summed(parameters, ballot, posterior) {
  const count = ballot.effect.length;
  const found = new Float64Array(4 * count);
  const away = byAttendance(posterior, ({move, parts}) => {
    const sums = new Float64Array(count);
    for (const {size, value, weight} of parts) {
      weight.forEach((part, point) => {
        const absent = absentAt(parameters, ballot, move, {size, value: value[point]});
        for (let state = 0; state < count; state++) sums[state] += part * absent[state];
      });
    }
    return sums;
  });
  strengthsOf(posterior).forEach((weight, strength) => {
    for (let state = 0; state < count; state++) found[4 * state + ABSENT] += weight * away[strength][state];
  });
  const edges = posterior.points.map(({move, point}) => edgesAt(parameters, ballot, shiftAt(ballot, move, point)));
  for (const {own, node, weight, groups} of posterior.sizes) {
    const every = weight.map(total);
    for (const group of groups) {
      const spots = group.spots(node, weight, posterior.place);
      group.states.forEach((state, inside) => edges.forEach((edge, strength) => {
        const [yes, no] = follows(spots, inside, strength, edge.above[state] * own[state], edge.below[state] * own[state]);
        const share = willsOf(parameters).eps[state] / 2;
        const here = 1 - away[strength][state];
        found[4 * state + YES] += here * (edge.ownYes[state] * every[strength] + (1 - share) * yes);
        found[4 * state + NO] += here * (edge.ownNo[state] * every[strength] + (1 - share) * no);
      }));
    }
  }
  return found;
}

/**
 * Sums of yes and no of one state at one strength.
 * @param {Spots} spots @param {number} inside @param {number} strength @param {number} above @param {number} below
 */
function follows({value, spread, weight}, inside, strength, above, below) {
  const parts = weight[strength];
  const part = 1 / spread[inside];
  const first = inside * parts.length;
  let [yes, no] = [0, 0];
  for (let point = 0; point < parts.length; point++) {
    yes += parts[point] * nearly((above + value[first + point]) * part);
    no += parts[point] * nearly((below - value[first + point]) * part);
  }
  return [yes, no];
}

/**
 * Strengths, what each takes of the posterior of strengths, and whether attendance is held closely: what strengths
 * differ in is held on fewer points than what they have in common.
 * @param {Posterior} posterior
 * @returns {{strength: number, takes: Map<number, number>, closely: boolean}[]}
 */
function partsOf(posterior) {
  const weights = strengthsOf(posterior);
  const alike = [...posterior.points.keys()].map((number) => {
    const {said, saidMove, move} = posterior.points[number];
    return [...posterior.points.keys()].filter((other) => {
      const at = posterior.points[other];
      return at.said === said && at.saidMove === saidMove && at.move === move;
    });
  });
  return alike.flatMap((family, number) => {
    if (family.length === 1 || some(posterior.points[number].move.absence)) {
      return [{strength: number, takes: new Map([[number, 1]]), closely: true}];
    }
    const middle = family.reduce((best, other) => (weights[other] > weights[best] ? other : best));
    if (number !== middle) return [{strength: number, takes: new Map([[number, 1]]), closely: false}];
    const together = new Map(family.map((other) => [other, 1]));
    const less = new Map(family.filter((other) => other !== middle).map((other) => [other, -1]));
    return [{strength: middle, takes: together, closely: true}, {strength: middle, takes: less, closely: false}];
  });
}

/**
 * The posterior as a frame that counts are computed on.
 * @param {Parameters} parameters @param {Ballot} ballot @param {Posterior} posterior
 * @param {{known: Record<number, number>, fineness: Fineness, push: number}} asked
 * @returns {Frame}
 */
function frameGiven(parameters, ballot, posterior, {known, fineness, push}) {
  const {points, place, logKnown} = posterior;
  const most = largest(parameters.dependence.attendance);
  const parts = partsOf(posterior);
  // strengths that move attendance alike have the same points of it
  const rules = [true, false].map((closely) => byAttendance(posterior, ({move, parts: sized}) => sized.flatMap(({size, value, weight}) => {
    const few = Math.ceil((fineness.attendance / 3) * Math.max(1, parameters.quadrature.attended * size * most)) + 1;
    const rule = gauss(value, weight, closely ? few : parameters.quadrature.aside[0].length);
    return Array.from(rule.value, (at, number) => ({weight: rule.weight[number], absent: absentAt(parameters, ballot, move, {size, value: at})}));
  })));
  const columns = parts.flatMap(({strength, closely}, part) => (
    rules[closely ? 0 : 1][strength].map((at) => ({strength, part, ...at}))));
  const shifts = points.map(({move, point}) => shiftAt(ballot, move, point).map((value) => value + push));
  const edges = shifts.map((shift) => edgesAt(parameters, ballot, shift));
  const follow = willsOf(parameters).eps.map((eps) => 1 - eps / 2);
  return {
    columns, known, logKnown, strengths: points.length, attended: attendedIn(parameters, ballot, posterior),
    sizes: posterior.sizes.map(({own, node, weight, groups}) => ({
      nodes: node.length,
      weight: Float64Array.from(parts.flatMap(({takes}) => Array.from(node, (_, at) => (
        [...takes].reduce((sum, [strength, times]) => sum + times * weight[strength][at], 0))))),
      groups: groups.map((group) => {
        const {points: count, value, onto} = group.at(node);
        const found = stances(edges, follow, own, {states: group.states, points: count, value});
        return {...found, mix: place.map((likelihood) => onto[likelihood % onto.length])};
      }),
    })),
  };
}

/**
 * Absence at all points of the attendance factor.
 * @param {Parameters} parameters @param {Ballot} ballot @param {Posterior} posterior
 * @returns {{weight: number, absent: Float64Array}[]}
 */
function attendedIn(parameters, ballot, posterior) {
  const chances = strengthsOf(posterior);
  /** @type {Map<AttendedMove, number>} */
  const sums = new Map();
  byAttendance(posterior, (asked) => asked).forEach((asked, strength) => {
    sums.set(asked, (sums.get(asked) ?? 0) + chances[strength]);
  });
  return [...sums].flatMap(([{move, parts}, chance]) => parts.flatMap(({size, value, weight}) => (
    Array.from(value, (at, point) => (
      {weight: chance * weight[point], absent: absentAt(parameters, ballot, move, {size, value: at})})))));
}

/**
 * The posterior of the attendance factor at one position, and its log evidence.
 * @param {Parameters} parameters @param {Ballot} ballot @param {import("./engine.js").Move} move
 * @param {{known: Record<number, number>, fineness: Fineness}} asked
 */
function attendanceOf(parameters, ballot, move, {known, fineness}) {
  const said = Object.keys(known).map(Number);
  const most = largest(parameters.dependence.attendance);
  const parts = parameters.dependence.attendance_sizes.map(([chance, size]) => {
    const density = (/** @type {Float64Array} */ at) => at.map((value) => {
      const absent = absentAt(parameters, ballot, move, {size, value}, said);
      let sum = -(value ** 2) / 2;
      for (let place = 0; place < said.length; place++) {
        const away = known[said[place]] === ABSENT;
        sum += Math.log(Math.max(away ? absent[place] : 1 - absent[place], LOWEST));
      }
      return sum;
    });
    if (size * most === 0) {
      const value = new Float64Array(1);
      return {size, value, logs: density(value).map((log) => log + Math.log(chance))};
    }
    const {value, logs, step} = room((at) => [density(at)], parameters.quadrature.room,
      Math.min(fineness.step / 3 / (size * most), 0.5), (sd) => 0.6 * sd);
    const scale = Math.log((step / Math.sqrt(2 * Math.PI)) * chance);
    return {size, value, logs: logs[0].map((log) => log + scale)};
  });
  const evidence = logSum(parts.flatMap(({logs}) => [...logs]));
  return {evidence, parts: parts.map(({size, value, logs}) => (
    {size, value, weight: logs.map((log) => Math.exp(log - evidence))}))};
}

/**
 * The stance factors at one size: points of that of the assembly, and how probable the known votes are.
 * @param {Parameters} parameters
 * @param {number} size
 * @param {{known: Record<number, number>, fineness: Fineness, edges: Edges[]}} asked
 */
function stanceOf(parameters, size, {known, fineness, edges}) {
  const {dependence, quadrature} = parameters;
  const assembly = Float64Array.from(dependence.assembly, (weight) => size * weight);
  const bloc = Float64Array.from(dependence.bloc, (weight) => size * weight);
  const own = assembly.map((weight, state) => Math.sqrt(1 + weight ** 2 + bloc[state] ** 2));
  const groups = Array.from({length: dependence.groups}, (_, number) => number).flatMap((number) => {
    const inside = [...dependence.group.keys()].filter((state) => dependence.group[state] === number);
    const told = inside.filter((state) => known[state] !== undefined && known[state] !== ABSENT);
    const states = inside.filter((state) => known[state] === undefined);
    if (!told.length && !states.length) return [];
    const held = {assembly, bloc, own, told, states, inside, fineness, known, edges};
    return [asBefore(parameters, keyOf(size, number, held), () => (
      remembering(told.length ? toldGroup(parameters, held) : untold(quadrature, held))))];
  });
  const logAt = (/** @type {Float64Array} */ node) => {
    const found = edges.map(() => new Float64Array(node.length));
    for (const group of groups) {
      const logs = group.logKnown(node);
      found.forEach((row, likelihood) => {
        const of = logs[likelihood % logs.length];
        for (let place = 0; place < row.length; place++) row[place] += of[place];
      });
    }
    return found;
  };
  const reach = largest(assembly.map((weight, state) => weight / Math.hypot(1, bloc[state])));
  if (reach === 0) {
    const node = new Float64Array(1);
    return {own, groups, node, weight: Float64Array.of(1), logKnown: logAt(node)};
  }
  const {apart} = quadrature.room;
  const usual = (2 * quadrature.span) / (pointsFor(reach, fineness.assembly, fineness.step, quadrature.span) - 1);
  const {value: node, logs, step} = room((at) => logAt(at).map((row) => row.map((log, place) => log - at[place] ** 2 / 2)),
    quadrature.room, usual, (sd) => apart * sd);
  const weight = node.map((at) => (Math.exp(-(at ** 2) / 2) * step) / Math.sqrt(2 * Math.PI));
  return {own, groups, node, weight, logKnown: logs.map((row) => row.map((log, place) => log + node[place] ** 2 / 2))};
}

/**
 * @typedef {object} Held
 * @property {Float64Array} assembly
 * @property {Float64Array} bloc
 * @property {Float64Array} own
 * @property {number[]} told
 * @property {number[]} states
 * @property {number[]} inside
 * @property {Fineness} fineness
 * @property {Record<number, number>} known
 * @property {Edges[]} edges
 */

/** @type {WeakMap<Parameters, Map<string, KnownGroup>>} */
const before = new WeakMap();
const MANY = 400; // groups kept: where one vote more is set, all groups but one are as before

/**
 * A group that was inferred before, or the one that is made.
 * @param {Parameters} parameters @param {string} key @param {() => KnownGroup} made
 */
function asBefore(parameters, key, made) {
  const kept = before.get(parameters) ?? new Map();
  before.set(parameters, kept);
  const found = kept.get(key) ?? made();
  kept.delete(key); // the one used last is the last
  kept.set(key, found);
  if (kept.size > MANY) kept.delete(kept.keys().next().value);
  return found;
}

/**
 * All that a group's posterior depends on.
 * @param {number} size @param {number} number @param {Held} held
 */
function keyOf(size, number, {told, inside, known, edges, fineness}) {
  const votes = inside.map((state) => known[state] ?? "-").join("");
  const places = told.map((state) => edges.map(({above, below, ownYes, ownNo}) => (
    [above[state], below[state], ownYes[state], ownNo[state]].join())).join());
  return [size, number, fineness.step, fineness.assembly, fineness.bloc, votes, ...places].join("|");
}

/**
 * A group that tells again what it told last at the same nodes; nodes are evenly spaced.
 * @param {KnownGroup} group
 * @returns {KnownGroup}
 */
function remembering(group) {
  /** @type {Map<string, Float64Array[]>} */
  const told = new Map();
  return {...group, logKnown: (node) => {
    const key = [node.length, node[0], node[node.length - 1]].join();
    const found = told.get(key) ?? group.logKnown(node);
    if (told.size > 8) told.clear();
    told.set(key, found);
    return found;
  }};
}

/** @param {Float64Array} all @param {number[]} states */
function of(all, states) {
  return Float64Array.from(states, (state) => all[state]);
}

/**
 * A group none of whose stances is known.
 * @param {import("./quadrature.js").Quadrature} quadrature @param {Held} held
 * @returns {KnownGroup}
 */
function untold(quadrature, {assembly, bloc, states, fineness}) {
  return {
    states,
    logKnown: (node) => [new Float64Array(node.length)],
    at: (node) => {
      const {points, value, onto} = shared(of(assembly, states), of(bloc, states), node, {...quadrature, fine: fineness});
      return {points, value, onto: [onto]};
    },
    // the group's own factor is normal still: nodes are all the points there are
    spots: (node, weight) => ({
      value: Float64Array.from(states.flatMap((state) => Array.from(node, (at) => assembly[state] * at))),
      spread: Float64Array.from(states, (state) => Math.sqrt(1 + bloc[state] ** 2)),
      weight,
    }),
  };
}

/**
 * Where sums are taken of a group that is held at points.
 * @param {number} states @param {{points: number, value: Float64Array, onto: Float64Array[]}} held
 * @param {Float64Array[]} weight @param {number[]} place
 * @returns {Spots}
 */
function spotsOf(states, {points, value, onto}, weight, place) {
  return {
    value, spread: new Float64Array(states).fill(1),
    weight: weight.map((row, strength) => {
      const of = onto[place[strength] % onto.length];
      const found = new Float64Array(points);
      for (let point = 0, at = 0; point < points; point++) {
        for (let node = 0; node < row.length; node++, at++) found[point] += of[at] * row[node];
      }
      return found;
    }),
  };
}

/**
 * Log probability of known stances at one likelihood, from what each state shares.
 * @param {Parameters} parameters @param {Held} held @param {number} likelihood
 * @param {(state: number) => number} taken
 */
function logChance(parameters, {told, own, known, edges}, likelihood, taken) {
  const {above, below, ownYes, ownNo} = edges[likelihood];
  const {eps} = willsOf(parameters);
  let sum = 0;
  for (const state of told) {
    const up = above[state] * own[state] + taken(state);
    const down = below[state] * own[state] - taken(state);
    const share = eps[state] / 2;
    let follows = 0;
    let mine = 0;
    if (known[state] === YES) {
      follows = normal(up);
      mine = ownYes[state];
    } else if (known[state] === NO) {
      follows = normal(down);
      mine = ownNo[state];
    } else {
      // on the side where the difference loses no digits
      follows = Math.max(down > 0 ? normal(-down) - normal(up) : normal(-up) - normal(down), 0);
      mine = share - ownYes[state] - ownNo[state];
    }
    sum += Math.log(Math.max((1 - share) * follows + mine, LOWEST));
  }
  return sum;
}

/**
 * A group some of whose stances are known: on a line where all its states move alike, else in pairs.
 * @param {Parameters} parameters @param {Held} held
 * @returns {KnownGroup}
 */
function toldGroup(parameters, held) {
  const {quadrature} = parameters;
  const {assembly, bloc, inside, told, states} = held;
  const alike = direction(of(assembly, inside), of(bloc, inside));
  if (!alike.proportional(quadrature.proportional)) return inPairs(parameters, held);
  const {x, y} = direction(of(assembly, [...told, ...states]), of(bloc, [...told, ...states]));
  const taken = assembly.map((weight, state) => weight * x + bloc[state] * y);
  const rows = (/** @type {Float64Array} */ at) => held.edges.map((_, likelihood) => at.map((value) => (
    logChance(parameters, held, likelihood, (state) => taken[state] * value))));
  const farthest = largest(of(taken, [...told, ...states]));
  const {value: at, logs: posterior, step} = room(
    (at) => rows(at).map((row) => row.map((log, place) => log - at[place] ** 2 / 2)), quadrature.room,
    Math.min(quadrature.relative * Math.abs(y), held.fineness.step / farthest),
    (sd) => quadrature.room.apart / Math.sqrt(1 / y ** 2 + Math.max(1 / sd ** 2 - 1, 0)));
  const logs = posterior.map((row) => row.map((log, place) => log + at[place] ** 2 / 2));
  const scale = step / Math.sqrt(2 * Math.PI) / Math.abs(y);
  const apart = (/** @type {number} */ point, /** @type {number} */ node) => -(((at[point] - x * node) / y) ** 2) / 2;
  const tops = logs.map((row) => row.reduce((top, log) => Math.max(top, log), -Infinity));
  const likelihoods = logs.map((row, likelihood) => row.map((log) => Math.exp(log - tops[likelihood])));
  /**
   * What each point weighs at a node, and the log of their sum.
   * @param {number} likelihood @param {number} node @param {Float64Array} density of the points at the node
   * @returns {{parts: Float64Array, log: number}}
   */
  const weighed = (likelihood, node, density) => {
    const parts = density.map((part, point) => part * likelihoods[likelihood][point]);
    const sum = total(parts);
    if (sum > LOWEST) return {parts: parts.map((part) => part / sum), log: Math.log(sum * scale) + tops[likelihood]};
    const each = logs[likelihood].map((log, point) => log + apart(point, node));
    const all = logSum(each);
    return {parts: each.map((log) => Math.exp(log - all)), log: all + Math.log(scale)};
  };
  const densityAt = (/** @type {number} */ node) => bell(new Float64Array(at.length), {at, middle: x * node, sd: Math.abs(y)});
  const heldAt = (/** @type {Float64Array} */ node) => {
    const density = Array.from(node, densityAt);
    const onto = logs.map((_, likelihood) => {
      const found = new Float64Array(at.length * node.length);
      node.forEach((value, number) => {
        const {parts} = weighed(likelihood, value, density[number]);
        for (let point = 0; point < parts.length; point++) found[point * node.length + number] = parts[point];
      });
      return found;
    });
    const value = Float64Array.from(states.flatMap((state) => Array.from(at, (point) => taken[state] * point)));
    return {points: at.length, value, onto};
  };
  const density = new Float64Array(at.length); // at one node, for loops that make no arrays
  const totalAt = (/** @type {number} */ node, /** @type {Float64Array} */ likelihood) => {
    bell(density, {at, middle: x * node, sd: Math.abs(y)});
    let sum = 0;
    for (let point = 0; point < density.length; point++) sum += density[point] * likelihood[point];
    return sum;
  };
  return {
    states,
    logKnown: (node) => likelihoods.map((likelihood, number) => node.map((value) => {
      const sum = totalAt(value, likelihood);
      return sum > LOWEST ? Math.log(sum * scale) + tops[number] : weighed(number, value, densityAt(value)).log;
    })),
    at: heldAt,
    spots: (node, weight, place) => {
      const found = weight.map(() => new Float64Array(at.length));
      for (const number of new Set(place)) {
        const likelihood = likelihoods[number % likelihoods.length];
        for (let value = 0; value < node.length; value++) {
          const sum = totalAt(node[value], likelihood);
          if (!(sum > LOWEST)) return spotsOf(states.length, heldAt(node), weight, place);
          for (let strength = 0; strength < place.length; strength++) {
            if (place[strength] !== number) continue;
            const part = weight[strength][value] / sum;
            const to = found[strength];
            for (let point = 0; point < to.length; point++) to[point] += part * density[point];
          }
        }
        place.forEach((other, strength) => {
          if (other === number) found[strength].forEach((part, point) => { found[strength][point] = part * likelihood[point]; });
        });
      }
      const heaviest = found.reduce((most, row) => Math.max(most, largest(row)), 0);
      const kept = [...at.keys()].filter((point) => found.some((row) => row[point] > quadrature.room.negligible * heaviest));
      return {
        value: Float64Array.from(states.flatMap((state) => kept.map((point) => taken[state] * at[point]))),
        spread: new Float64Array(states.length).fill(1), weight: found.map((row) => of(row, kept)),
      };
    },
  };
}

/**
 * The normal density, 1 at its middle, at evenly spaced points: from the nearest outwards each is the last times a factor
 * that shrinks alike, which takes no exponentials.
 * @param {Float64Array} found where it is put @param {{at: Float64Array, middle: number, sd: number}} of
 */
function bell(found, {at, middle, sd}) {
  const last = at.length - 1;
  const step = last ? (at[last] - at[0]) / last / sd : 1;
  const nearest = Math.min(Math.max(Math.round((middle - at[0]) / sd / step), 0), last);
  const off = (at[nearest] - middle) / sd;
  const shrinks = Math.exp(-step * step);
  let here = Math.exp((-off * off) / 2);
  let times = Math.exp(-step * (off + step / 2));
  for (let point = nearest; point <= last; point++) {
    found[point] = here;
    here *= times;
    times *= shrinks;
  }
  here = found[nearest];
  times = Math.exp(step * (off - step / 2));
  for (let point = nearest - 1; point >= 0; point--) {
    here *= times;
    times *= shrinks;
    found[point] = here;
  }
  return found;
}

/** @param {Parameters} parameters @param {Held} held @returns {KnownGroup} */
function inPairs(parameters, held) {
  const {assembly, bloc, told, states, fineness} = held;
  const reach = largest(of(bloc, [...told, ...states]));
  const known = 1 / Math.sqrt(1 + of(bloc, told).reduce((sum, weight) => sum + weight ** 2, 0));
  const {pairs} = parameters.quadrature.room;
  const line = evenly(pointsFor(reach, fineness.bloc, Math.min(fineness.step, 1.5 * known * reach), pairs), pairs);
  const each = line.value.length;
  const logs = (/** @type {Float64Array} */ node) => held.edges.map((_, likelihood) => Array.from(node, (factor) => (
    line.value.map((value, place) => Math.log(Math.max(line.weight[place], LOWEST))
      + logChance(parameters, held, likelihood, (state) => assembly[state] * factor + bloc[state] * value)))));
  const heldAt = (/** @type {Float64Array} */ node) => {
    const onto = logs(node).map((rows) => {
      const found = new Float64Array(each * node.length * node.length);
      rows.forEach((row, number) => {
        const all = logSum(row);
        row.forEach((log, place) => { found[(number * each + place) * node.length + number] = Math.exp(log - all); });
      });
      return found;
    });
    const value = Float64Array.from(states.flatMap((state) => Array.from(node, (factor) => (
      Array.from(line.value, (other) => assembly[state] * factor + bloc[state] * other))).flat()));
    return {points: each * node.length, value, onto};
  };
  return {
    states,
    logKnown: (node) => logs(node).map((rows) => Float64Array.from(rows, logSum)),
    at: heldAt,
    spots: (node, weight, place) => spotsOf(states.length, heldAt(node), weight, place),
  };
}

/**
 * The direction, of length 1, in which weights reach farthest.
 * @param {Float64Array} assembly @param {Float64Array} bloc
 */
function direction(assembly, bloc) {
  let [one, both, other] = [0, 0, 0];
  assembly.forEach((weight, state) => {
    one += weight ** 2;
    both += weight * bloc[state];
    other += bloc[state] ** 2;
  });
  const turn = 0.5 * Math.atan2(2 * both, one - other);
  const [x, y] = [Math.cos(turn), Math.sin(turn)];
  const along = Math.hypot(...assembly.map((weight, state) => weight * x + bloc[state] * y));
  const beside = Math.hypot(...assembly.map((weight, state) => bloc[state] * x - weight * y));
  return {x, y, proportional: (/** @type {number} */ tolerance) => beside <= tolerance * along && y !== 0};
}

/**
 * The Gauss rule of a discrete measure: its first moments on few points (Golub & Welsch 1969).
 * @param {Float64Array} value @param {Float64Array} weight @param {number} points
 */
export function gauss(value, weight, points) {
  const total = weight.reduce((sum, part) => sum + part, 0);
  const heavy = weight.filter((part) => part > 1e-18 * total).length;
  /** @type {number[]} */
  const middle = [];
  /** @type {number[]} */
  const off = [];
  let before = new Float64Array(value.length);
  let here = weight.map((part) => Math.sqrt(part / total));
  for (let turn = 0; turn < Math.min(points, heavy); turn++) {
    const mean = here.reduce((sum, part, place) => sum + part * part * value[place], 0);
    const last = off.length ? off[off.length - 1] : 0;
    const after = here.map((part, place) => (value[place] - mean) * part - last * before[place]);
    const length = Math.hypot(...after);
    middle.push(mean);
    off.push(length);
    if (length <= 1e-9) break;
    [before, here] = [here, after.map((part) => part / length)];
  }
  const {values, first} = eigen(middle, off);
  return {value: Float64Array.from(values), weight: Float64Array.from(first, (part) => total * part ** 2)};
}

/**
 * Eigenvalues of a small symmetric matrix with three diagonals, and the first row of its vectors, by
 * Jacobi's rotations.
 * @param {number[]} middle @param {number[]} off
 */
function eigen(middle, off) {
  const size = middle.length;
  const matrix = middle.map((value, row) => middle.map((_, column) => (
    row === column ? value : Math.abs(row - column) === 1 ? off[Math.min(row, column)] : 0)));
  const first = middle.map((_, column) => Number(column === 0));
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let one = 0; one < size; one++) {
      for (let other = one + 1; other < size; other++) {
        const between = matrix[one][other];
        if (Math.abs(between) < 1e-300) continue;
        const turn = 0.5 * Math.atan2(2 * between, matrix[other][other] - matrix[one][one]);
        const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
        for (const row of [...matrix, first]) {
          [row[one], row[other]] = [cos * row[one] - sin * row[other], sin * row[one] + cos * row[other]];
        }
        for (let column = 0; column < size; column++) {
          [matrix[one][column], matrix[other][column]] = [
            cos * matrix[one][column] - sin * matrix[other][column],
            sin * matrix[one][column] + cos * matrix[other][column]];
        }
      }
    }
  }
  return {values: matrix.map((row, place) => row[place]), first};
}

/**
 * What the reader asks: probabilities of all states [state * 4 + choice].
 * @param {Parameters} parameters
 * @param {import("./engine.js").Question} question
 */
export function answered(parameters, question) {
  const {known} = question;
  const ballot = ballotOf(parameters, question);
  const before = usual(parameters, ballot);
  if (!Object.keys(known).length) return {ballot, worlds: [], states: before, logKnown: 0};
  const {worlds} = askedOf(parameters, question);
  const posterior = inferred(parameters, ballot, {known, worlds, fineness: parameters.quadrature.close});
  const states = summed(parameters, ballot, posterior);
  if (posterior.points.length > 1) corrected(ballot, posterior.points, states, before);
  for (let state = 0; state < before.length / 4; state++) {
    const of = states.subarray(4 * state, 4 * state + 4);
    of[ABSTAIN] = Math.max(1 - of[YES] - of[NO] - of[ABSENT], 0);
    const sum = of[YES] + of[ABSTAIN] + of[NO] + of[ABSENT];
    for (let choice = 0; choice < 4; choice++) of[choice] /= sum;
    if (known[state] !== undefined) of.fill(0)[known[state]] = 1;
  }
  return {ballot, worlds, states, logKnown: posterior.logKnown};
}

/**
 * The log chance below which known votes surprise: beside what so many votes of these states ordinarily come to.
 * @param {Parameters} parameters @param {Ballot} ballot @param {Record<number, number>} known
 */
export function surprisingBelow({surprise: {unlikely, spreads, few}}, {probabilities}, known) {
  const votes = Object.entries(known).map(([state, choice]) => ({row: probabilities[Number(state)], held: probabilities[Number(state)][choice]}))
    .sort((one, other) => one.held - other.held);
  // at least one, two, ... so unlikely
  if (votes.slice(0, few).some(({held}, place) => moreThan(place, votes.length, held) < unlikely)) return Math.log(unlikely);
  let [entropy, square] = [0, 0];
  for (const {row} of votes.slice(1)) {
    const chances = row.filter((chance) => chance > 0);
    const mean = total(chances.map((chance) => -chance * Math.log(chance)));
    entropy += mean;
    square += total(chances.map((chance) => chance * Math.log(chance) ** 2)) - mean ** 2;
  }
  return -entropy - Math.max(-Math.log(unlikely), spreads * Math.sqrt(Math.max(square, 0)));
}

/**
 * The chance of more than so many of a number of votes.
 * @param {number} few @param {number} number @param {number} chance of each
 */
function moreThan(few, number, chance) {
  let [left, ways] = [1, 1];
  for (let count = 0; count <= few; count++) {
    left -= ways * chance ** count * (1 - chance) ** (number - count);
    ways *= (number - count) / (count + 1);
  }
  return left;
}

/** @type {WeakMap<Ballot, Float64Array>} */
const usuals = new WeakMap();

/**
 * Probabilities where no vote is known, computed once.
 * @param {Parameters} parameters @param {Ballot} ballot
 */
function usual(parameters, ballot) {
  const found = usuals.get(ballot) ?? unconditional(parameters, ballot);
  usuals.set(ballot, found);
  return found.slice();
}

/**
 * Takes off what the few strengths are off by where nothing is known.
 * @param {Ballot} ballot @param {Twice[]} held
 * @param {Float64Array} states @param {Float64Array} before
 */
function corrected(ballot, held, states, before) {
  const rough = new Float64Array(states.length);
  for (const {move, point, weight} of held) {
    shiftAt(ballot, move, point).forEach((shift, state) => {
      const away = normal(move.absence[state] - ballot.absentAbove[state]);
      rough[4 * state + YES] += weight * (1 - away) * normal(shift - ballot.yesAbove[state]);
      rough[4 * state + NO] += weight * (1 - away) * normal(ballot.noBelow[state] - shift);
      rough[4 * state + ABSENT] += weight * away;
    });
  }
  for (let place = 0; place < states.length; place++) {
    if (rough[place] > LOWEST) states[place] *= before[place] / rough[place];
  }
}

/**
 * The arms in which known votes were announced: what states share is inferred there.
 * @param {Parameters} parameters @param {import("./engine.js").Question} question @param {Ballot} ballot
 * @returns {World[]}
 */
function worldsOf(parameters, question, ballot) {
  return parameters.worlds.map(([arm, chance]) => (
    {chance, ballot: arm === question.arm && !question.positions ? ballot
      : ballotOf(parameters, {...question, arm, positions: null})}));
}

/**
 * What is asked about: the ballot, and those on which known votes were announced.
 * @param {Parameters} parameters @param {import("./engine.js").Question} question
 * @returns {{ballot: Ballot, worlds: World[]}}
 */
export function askedOf(parameters, question) {
  const ballot = ballotOf(parameters, question);
  return {ballot, worlds: Object.keys(question.known).length ? worldsOf(parameters, question, ballot) : []};
}

/**
 * The frame that counts are computed on.
 * @param {Parameters} parameters
 * @param {{ballot: Ballot, worlds: World[]}} answer
 * @param {Record<number, number>} known
 * @param {ReturnType<typeof skeleton>} bones
 * @param {number} push added to the support of states whose votes are not known
 */
export function frameOf(parameters, {ballot, worlds}, known, bones, push = 0) {
  if (!Object.keys(known).length) return framed(parameters, ballot, bones, push);
  const fineness = parameters.quadrature.fine;
  const posterior = inferred(parameters, ballot, {known, worlds, fineness});
  return frameGiven(parameters, ballot, posterior, {known, fineness, push});
}

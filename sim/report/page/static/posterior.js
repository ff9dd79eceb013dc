// What known votes say of what states share: sim.vote.exact.posterior. Given the strength of the
// effect a known vote is as likely as its attendance times its stance, so the two are weighed apart,
// on points moved to where the known votes leave room.

import {normal} from "./normal.js";
import {evenly, largest, pointsFor, shared, strengths} from "./quadrature.js";
import {ABSENT, ABSTAIN, NO, YES, absentAt, ballotOf, distinct, edgesAt, framed, shiftAt, skeleton, stances,
  summed, uncertain, unconditional, willsOf} from "./engine.js";

/** @typedef {import("./engine.js").Parameters} Parameters */
/** @typedef {import("./engine.js").Ballot} Ballot */
/** @typedef {import("./engine.js").Frame} Frame */
/** @typedef {import("./engine.js").Edges} Edges */
/** @typedef {import("./quadrature.js").Fineness} Fineness */
/** @typedef {(at: Float64Array) => Float64Array[]} LogDensity points in, logarithms out, a row each */
/**
 * @typedef {object} KnownGroup a group some of whose stances may be known
 * @property {number[]} states whose votes are not
 * @property {LogDensity} logKnown log probability of the known ones at nodes [likelihood][node]
 * @property {(node: Float64Array) => {points: number, value: Float64Array, onto: Float64Array[]}} at
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
 * Where a density lies, looking closer until nothing is gained.
 * @param {LogDensity} logDensity
 * @param {{far: number, looks: number, look: number, gone: number}} how
 */
function room(logDensity, {far, looks, look, gone}) {
  let [low, high, sd] = [-far, far, 1];
  for (let turn = 0; turn < look; turn++) {
    const at = spaced(low, high, looks);
    const step = at[1] - at[0];
    const inside = new Set();
    let least = Infinity;
    for (const logs of logDensity(at)) {
      const top = Math.max(...logs);
      let [sum, first, second] = [0, 0, 0];
      logs.forEach((log, place) => {
        if (log - top > -gone) inside.add(place);
        const weight = Math.exp(log - top);
        sum += weight;
        first += weight * at[place];
        second += weight * at[place] ** 2;
      });
      least = Math.min(least, second / sum - (first / sum) ** 2);
    }
    sd = Math.sqrt(Math.max(least, (step / 4) ** 2));
    const before = high - low;
    const places = /** @type {number[]} */ ([...inside]);
    [low, high] = [Math.max(low, at[Math.min(...places)] - step), Math.min(high, at[Math.max(...places)] + step)];
    if (high - low > before / 2) break;
  }
  return {low, high, sd};
}

/** @param {{low: number, high: number}} where @param {number} step */
function pointsIn({low, high}, step) {
  const count = 2 * Math.max(2, Math.ceil((high - low) / step / 2)) + 1;
  const value = spaced(low, high, count);
  return {value, step: value[1] - value[0]};
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
      const points = strengths(one.howStrong || two.howStrong, one.howFar || two.howFar, quadrature.effect);
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
 * What states share, given the known votes, as a frame.
 * @param {Parameters} parameters
 * @param {Ballot} ballot
 * @param {{known: Record<number, number>, worlds: World[], fineness: Fineness, few?: number,
 *   push?: number}} asked `few` points of attendance where little is shared, by default all
 * @returns {Frame & {held: Twice[]}}
 */
export function given(parameters, ballot, {known, worlds, fineness, few = 0, push = 0}) {
  const {quadrature} = parameters;
  const points = heldTwice(parameters, ballot, worlds);
  const shifts = points.map(({move, point}) => shiftAt(ballot, move, point));
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
  const sizes = parameters.dependence.stance_sizes.map(([chance, size]) => (
    {chance, ...stanceOf(parameters, size, {known, fineness, edges})}));
  const logs = sizes.map(({chance, weight, logKnown}) => points.map(({weight: prior}, strength) => weight.map((part, node) => (
    Math.log(prior * chance * part) + logKnown[place[strength]][node] + attended[place[strength]].evidence))));
  const total = logSum(logs.flat().flatMap((one) => [...one]));
  const pushed = shifts.map((shift) => shift.map((value) => value + push));
  const most = largest(parameters.dependence.attendance);
  const columnsOn = (/** @type {number} */ least) => {
    const heldAt = memo((/** @type {AttendedMove} */ {move}) => move, ({move, parts}) => (
      parts.flatMap(({size, value, weight}) => {
        const reach = size * most;
        const count = Math.ceil(least * Math.max(1, 2 * reach)) + 1;
        const rule = least && reach <= 1 ? gauss(value, weight, count) : {value, weight};
        return Array.from(rule.value, (at, number) => (
          {weight: rule.weight[number], absent: absentAt(parameters, ballot, move, {size, value: at})}));
      })), ({parts}) => parts);
    return points.flatMap(({move}, strength) => (
      heldAt({move, parts: attended[place[strength]].parts}).map((column) => ({strength, ...column}))));
  };
  const attendance = columnsOn(0);
  return {
    held: points, strengths: points.length, columns: few ? columnsOn(few) : attendance, attended: attendance, known, logKnown: total,
    sizes: sizes.flatMap(({own, node, groups}, number) => {
      const weights = logs[number].map((one) => one.map((log) => Math.exp(log - total)));
      const heaviest = node.map((_, at) => Math.max(...weights.map((one) => one[at])));
      const most = Math.max(...heaviest);
      if (weights.reduce((sum, one) => sum + one.reduce((all, part) => all + part, 0), 0) <= quadrature.room.negligible) return [];
      const kept = [...node.keys()].filter((at) => heaviest[at] > quadrature.room.negligible * most);
      const nodes = Float64Array.from(kept, (at) => node[at]);
      return [{
        nodes: kept.length,
        weight: Float64Array.from(weights.flatMap((one) => kept.map((at) => one[at]))),
        groups: groups.filter(({states}) => states.length).map((group) => {
          const {points: count, value, onto} = group.at(nodes);
          const table = {states: group.states, points: count, value, onto: onto[0]};
          const found = stances(parameters, ballot, pushed, own, table);
          return {...found, mix: place.map((likelihood) => onto[likelihood % onto.length])};
        }),
      }];
    }),
  };
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
    const where = room((at) => [density(at)], parameters.quadrature.room);
    const {value, step} = pointsIn(where, Math.min(0.6 * where.sd, fineness.step / 3 / (size * most), 0.5));
    const scale = Math.log((step / Math.sqrt(2 * Math.PI)) * chance);
    return {size, value, logs: density(value).map((log) => log + scale)};
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
    return [told.length ? toldGroup(parameters, held) : untold(quadrature, held)];
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
  const where = room((at) => logAt(at).map((row) => row.map((log, place) => log - at[place] ** 2 / 2)), quadrature.room);
  const usual = (2 * quadrature.span) / (pointsFor(reach, fineness.assembly, fineness.step, quadrature.span) - 1);
  const {value: node, step} = pointsIn(where, Math.min(quadrature.room.apart * where.sd, usual));
  const weight = node.map((at) => (Math.exp(-(at ** 2) / 2) * step) / Math.sqrt(2 * Math.PI));
  return {own, groups, node, weight, logKnown: logAt(node)};
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
  const where = room((at) => rows(at).map((row) => row.map((log, place) => log - at[place] ** 2 / 2)), quadrature.room);
  const reach = 1 / Math.sqrt(1 / y ** 2 + Math.max(1 / where.sd ** 2 - 1, 0));
  const usual = Math.min(quadrature.relative * Math.abs(y), held.fineness.step / largest(taken));
  const {value: at, step} = pointsIn(where, Math.min(usual, quadrature.room.apart * reach));
  const logs = rows(at);
  const density = (/** @type {number} */ point, /** @type {number} */ node) => (
    Math.log(step / Math.sqrt(2 * Math.PI) / Math.abs(y)) - (((at[point] - x * node) / y) ** 2) / 2);
  return {
    states,
    logKnown: (node) => logs.map((row) => node.map((value) => logSum(row.map((log, point) => log + density(point, value))))),
    at: (node) => {
      const onto = logs.map((row) => {
        const found = new Float64Array(at.length * node.length);
        node.forEach((value, number) => {
          const each = row.map((log, point) => log + density(point, value));
          const all = logSum(each);
          each.forEach((log, point) => { found[point * node.length + number] = Math.exp(log - all); });
        });
        return found;
      });
      const value = new Float64Array(states.length * at.length);
      states.forEach((state, place) => at.forEach((point, number) => { value[place * at.length + number] = taken[state] * point; }));
      return {points: at.length, value, onto};
    },
  };
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
  return {
    states,
    logKnown: (node) => logs(node).map((rows) => Float64Array.from(rows, logSum)),
    at: (node) => {
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
    },
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
  const before = unconditional(parameters, ballot);
  if (!Object.keys(known).length) return {ballot, worlds: [], states: before, logKnown: 0};
  const worlds = worldsOf(parameters, question, ballot);
  const frame = given(parameters, ballot, {known, worlds, fineness: parameters.quadrature.close});
  const states = summed(frame, before.length / 4);
  if (frame.strengths > 1) corrected(ballot, frame.held, states, before);
  for (let state = 0; state < before.length / 4; state++) {
    const of = states.subarray(4 * state, 4 * state + 4);
    of[ABSTAIN] = Math.max(1 - of[YES] - of[NO] - of[ABSENT], 0);
    const sum = of[YES] + of[ABSTAIN] + of[NO] + of[ABSENT];
    for (let choice = 0; choice < 4; choice++) of[choice] /= sum;
    if (known[state] !== undefined) of.fill(0)[known[state]] = 1;
  }
  return {ballot, worlds, states, logKnown: frame.logKnown};
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
 * The frame that counts are computed on.
 * @param {Parameters} parameters
 * @param {{ballot: Ballot, worlds: World[]}} answer
 * @param {Record<number, number>} known
 * @param {ReturnType<typeof skeleton>} bones
 * @param {number} push added to the support of states whose votes are not known
 */
export function frameOf(parameters, {ballot, worlds}, known, bones, push = 0) {
  if (!Object.keys(known).length) return framed(parameters, ballot, bones, push);
  const {fine} = parameters.quadrature;
  return given(parameters, ballot, {known, worlds, fineness: fine, few: fine.attendance / 3, push});
}

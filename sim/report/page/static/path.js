// The way to the vote with no vote sampled: what sim.vote.exact.path does in Python. Given a point of what is
// shared, states are independent, also from step to step; points come in sets, whose spread is the error.

import {quantile, tailed} from "./normal.js";
import {ABSENT, ABSTAIN, NO, YES, beyond, unpacked} from "./engine.js";
import {sum} from "./counts.js";
import {LEAD, RANGE, multiplied, multipliedByThree} from "./products.js";

/** @typedef {import("./engine.js").Packed} Packed */
/**
 * @typedef {object} WayMove
 * @property {number} chance
 * @property {number} distance
 * @property {number} distance_sd
 * @property {Packed} [pressure] none where it is left out
 * @property {Packed} [pressure_sd]
 * @property {Packed} [absence]
 */
/**
 * @typedef {object} Vote one step in one form of its text
 * @property {number} step
 * @property {number} table
 * @property {number} dependence
 * @property {{rows: [number, number[]][], effect: Packed, effect_sd: Packed, moves: WayMove[]}[]} arms that differ
 * @property {number[]} of_arm which of them each arm has
 * @property {[number, number][]} said_in which of them known votes were announced in, with chances
 */
/** @typedef {{holds: number, later: number[], known: number[]}} Committee how often its votes hold, on which steps; the states
 *   whose votes the scenario gives */
/**
 * @typedef {object} Way
 * @property {{name: string, put: number, likeness: number, same_day: boolean, turned: boolean, may_know: boolean, always: boolean,
 *   tabled: number, known: Record<number, number>, committee: Committee | null}[]} steps `tabled` is the vote on its text unchanged
 * @property {{step: number, vote: number, weights: number[], at_least: number, after: number[], passed_by: number[][]}[]} places
 *   `after` is carried, lost and not put: a place, or -1 less the number of an end; `passed_by` are the steps that each passes by
 * @property {string[]} ends
 * @property {number} quorum
 * @property {Vote[]} votes
 * @property {{groups: number, group: Packed, assembly: Packed, bloc: Packed, attendance: Packed,
 *   stance_sizes: [number, number][], attendance_sizes: [number, number][], eps: Packed, cap: Packed}[]} dependences
 * @property {string[]} tables chances of yes, no and absence [state, 3]
 * @property {{factors: number, dimensions: number, sets: number, points: number, spanned: string}} points
 */
/** @typedef {{arm: number, steps: Record<number, Record<number, number>>}} WayQuestion known votes by step */
/**
 * @typedef {object} Found what becomes of a path at one set of points, all joint with the known votes
 * @property {number[]} ends
 * @property {number[][]} flows [place][carried, lost, not put]
 * @property {Float64Array[][]} tallies [step][choice][votes]
 * @property {number} squares of the weights of points
 */
/**
 * @typedef {object} HeldVote a vote at every point of a set
 * @property {Float32Array[]} lines distributions of each choice's count [choice][point * (states + 1) + votes]
 * @property {Int32Array[]} low where they begin
 * @property {Int32Array[]} high
 * @property {Float64Array} known chance of the known votes; 1 if there are none
 * @property {Map<string, Float64Array>} carried chance, by rule
 */
/** @typedef {{yes: Float64Array, abstain: Float64Array, no: Float64Array, away: Float64Array}} Chances [point * states + state] */
/** @typedef {{factors: Float64Array[], uniform: Float64Array[]}} Noise [point] */

const round = Math.fround; // Python holds factors in single precision
const LEAST = 1e-300;
const KEPT = 4; // chances of states kept, in which a further vote is set
const CUT = 1e-9; // ends of distributions below this are moved inwards
const POSITION = 0;
const STANCE_SIZE = 1;
const ATTENDANCE_SIZE = 2;

/** @param {string} encoded */
function bytesOf(encoded) {
  return Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)).buffer;
}

/**
 * The coordinates of a set of points [point][dimension], from 0 to 1.
 * @param {Way} way @param {number} number of the set
 */
function cubeOf({points: {dimensions, points, spanned}}, number) {
  const vectors = Math.log2(points) + 1;
  const from = new Uint32Array(bytesOf(spanned)).subarray(number * vectors * dimensions);
  const here = from.slice(0, dimensions);
  return Array.from({length: points}, (_, point) => {
    if (point) {
      // the lowest digit of its number tells the vector
      const row = 1 + Math.log2(point & -point);
      for (let place = 0; place < dimensions; place++) here[place] ^= from[row * dimensions + place];
    }
    return Float64Array.from(here, (whole) => Math.min(Math.max(whole / 2 ** 30, 2 ** -40), 1 - 2 ** -40));
  });
}

/**
 * The noise of every step at one set of points.
 * @param {Way} way @param {number} number
 * @returns {Noise[]}
 */
function noiseOf(way, number) {
  const {factors} = way.points;
  const cube = cubeOf(way, number);
  const uniform = cube.map((row) => row.slice(0, 3).map(round));
  const normals = cube.map((row) => row.slice(3).map((chance) => round(quantile(chance))));
  let turned = 0;
  return way.steps.map(({likeness, same_day: sameDay, turned: turns}) => {
    const first = turns ? factors * ++turned : 0;
    const rest = round(Math.sqrt(1 - likeness ** 2));
    const of = normals.map((row) => {
      const day = row.slice(0, factors);
      if (likeness === 1 && sameDay) return day;
      const own = row.slice(first, first + factors);
      const found = day.map((value, place) => round(round(round(likeness) * value) + round(rest * own[place])));
      found[1] = (sameDay ? day : own)[1];
      found[factors - 2] = day[factors - 2];
      found[factors - 1] = day[factors - 1];
      return found;
    });
    return {factors: of, uniform};
  });
}

/** @param {number[]} chances @param {number} uniform which of several things happens */
function pick(chances, uniform) {
  let [place, edge] = [0, chances[0]];
  while (place < chances.length - 1 && edge <= uniform) edge += chances[++place];
  return place;
}

/** @typedef {{state: number, choice: number, holds: number | null}} Heard a committee's vote; it holds for sure (null) in the committee */

/**
 * What votes set in committees say of a vote: of their own, and of those on the text that follow.
 * @param {Way} way @param {Vote} vote @param {WayQuestion["steps"]} steps
 * @returns {Heard[]}
 */
function heardOf(way, {step: here}, steps) {
  return way.steps.flatMap(({committee}, step) => {
    if (!committee || (step !== here && !committee.later.includes(here))) return [];
    const holds = step === here ? null : committee.holds;
    return Object.entries(steps[step] ?? {}).map(([state, choice]) => ({state: Number(state), choice, holds}));
  });
}

/**
 * Chances of yes, no and absence of a state that voted so in a committee, where an absence says nothing.
 * @param {Float64Array} told @param {number} choice @param {number | null} holds
 */
function heldTo([yes, no, away], choice, holds) {
  if (holds === null) return [YES, NO, ABSENT].map((each) => Number(each === choice));
  const present = 1 - away;
  const chances = {[YES]: yes, [ABSTAIN]: present - yes - no, [NO]: no, [ABSENT]: present};
  if (present <= 0 || chances[choice] >= holds * present) return [yes, no, away];
  const rest = ((1 - holds) * present) / (present - chances[choice]);
  return [...[YES, NO].map((each) => (each === choice ? holds * present : rest * chances[each])), away];
}

/** @param {Packed | undefined} packed @param {number} states */
function singles(packed, states) {
  return packed ? Float64Array.from(unpacked(packed), round) : new Float64Array(states);
}

/**
 * A vote's ballot in one arm, ready to be held at points.
 * @param {Way} way @param {Vote} vote @param {number} number of the arm among those that differ
 * @param {Heard[]} heard
 */
function ballotAt(way, vote, number, heard) {
  const arm = vote.arms[number];
  const told = Float64Array.from(new Float32Array(bytesOf(way.tables[vote.table])));
  for (const [state, row] of arm.rows) told.set(row, 3 * state);
  for (const {state, choice, holds} of heard) told.set(heldTo(told.subarray(3 * state, 3 * state + 3), choice, holds), 3 * state);
  const states = told.length / 3;
  const [yesAbove, noBelow, absentAbove] = [0, 1, 2].map(() => new Float64Array(states));
  for (let state = 0; state < states; state++) {
    const [yes, no, away] = told.subarray(3 * state, 3 * state + 3);
    const present = 1 - away || 1;
    yesAbove[state] = -quantile(Math.min(yes / present, 1));
    noBelow[state] = quantile(Math.min(no / present, 1));
    absentAbove[state] = -quantile(away);
  }
  const moves = arm.moves.map((move) => ({
    chance: move.chance, distance: round(move.distance), distanceSd: round(move.distance_sd),
    pressure: singles(move.pressure, states), pressureSd: singles(move.pressure_sd, states),
    absence: singles(move.absence, states),
    still: !move.distance && !move.distance_sd && !move.pressure && !move.pressure_sd && !move.absence,
  }));
  return {states, yesAbove, noBelow, absentAbove, moves, effect: singles(arm.effect, states),
    effectSd: singles(arm.effect_sd, states)};
}

/** @typedef {ReturnType<typeof ballotAt>} WayBallot */

/**
 * What states share in a vote, at their own weights.
 * @param {Way} way @param {Vote} vote @param {boolean} willed whether own will counts
 */
function tiesOf(way, vote, willed) {
  const told = way.dependences[vote.dependence];
  const [assembly, bloc, attendance] = [told.assembly, told.bloc, told.attendance].map(unpacked);
  const none = new Float64Array(assembly.length);
  return {
    group: unpacked(told.group), assembly: assembly.map(round), bloc: bloc.map(round), attendance: attendance.map(round),
    stance: told.stance_sizes.map(([, size]) => (
      {size: round(size), apart: assembly.map((weight, state) => 1 / round(1 / Math.sqrt(1 + size ** 2 * (weight ** 2 + bloc[state] ** 2))))})),
    absence: told.attendance_sizes.map(([, size]) => (
      {size: round(size), apart: attendance.map((weight) => 1 / round(1 / Math.sqrt(1 + (size * weight) ** 2)))})),
    stanceChances: told.stance_sizes.map(([chance]) => chance),
    absenceChances: told.attendance_sizes.map(([chance]) => chance),
    eps: willed ? unpacked(told.eps) : none, cap: willed ? unpacked(told.cap) : none,
  };
}

/** @typedef {{mine: Float64Array, edge: Float64Array}} Beyond own masses, and edges of what follows the factors, by state */

/** @param {number} states @returns {Beyond} */
function nothingOf(states) {
  return {mine: new Float64Array(states), edge: new Float64Array(states)};
}

/**
 * @param {Beyond} found where it is put @param {number} state @param {number} at its edge @param {ReturnType<typeof tiesOf>} ties
 */
function put({mine, edge}, state, at, {eps, cap}) {
  if (eps[state]) [mine[state], edge[state]] = beyond(at, eps[state], cap[state]);
  else edge[state] = at;
}

/**
 * What a move leaves of a ballot at one point: edges, and the mass beyond them by own will.
 * @param {WayBallot} ballot @param {ReturnType<typeof tiesOf>} ties @param {WayBallot["moves"][number]} move
 */
function edgesOf({states, absentAbove, yesAbove, noBelow, effect: usually, effectSd}, ties, move) {
  const [yes, no, away] = [0, 1, 2].map(() => nothingOf(states));
  const found = {yes, no, away};
  absentAbove.forEach((edge, state) => put(away, state, edge - move.absence[state], ties));
  const at = (/** @type {number} */ effect, /** @type {number} */ distance) => {
    const step = round(move.distance + round(move.distanceSd * distance));
    for (let state = 0; state < states; state++) {
      const push = move.still ? 0 : round(round(round(round(round(effect * effectSd[state]) + usually[state]) * step)
        + move.pressure[state]) + round(distance * move.pressureSd[state]));
      put(yes, state, yesAbove[state] - push, ties);
      put(no, state, push - noBelow[state], ties);
    }
    return found;
  };
  if (!move.still) return at;
  at(0, 0);
  return () => found;
}

/**
 * Chances of states at every point, given the factors.
 * @param {WayBallot} ballot @param {ReturnType<typeof tiesOf>} ties @param {Noise} noise
 * @returns {Chances}
 */
function chancesGiven(ballot, ties, {factors, uniform}) {
  const count = ballot.effect.length;
  const [yes, abstain, no, away] = [0, 1, 2, 3].map(() => new Float64Array(factors.length * count));
  const chances = ballot.moves.map(({chance}) => chance);
  const edges = ballot.moves.map((move) => edgesOf(ballot, ties, move));
  factors.forEach((factor, point) => {
    const stance = ties.stance[pick(ties.stanceChances, uniform[point][STANCE_SIZE])];
    const absence = ties.absence[pick(ties.absenceChances, uniform[point][ATTENDANCE_SIZE])];
    const [effect, distance] = factor.subarray(factor.length - 2);
    const beyond = edges[pick(chances, uniform[point][POSITION])](effect, distance);
    const [all, present] = [round(factor[0] * stance.size), round(factor[1] * absence.size)];
    for (let state = 0, place = point * count; state < count; state++, place++) {
      const of = round(factor[2 + ties.group[state]] * stance.size);
      const shared = round(round(all * ties.assembly[state]) + round(of * ties.bloc[state]));
      const follows = 1 - ties.eps[state] / 2;
      const apart = stance.apart[state];
      const up = beyond.yes.mine[state] + follows * tailed(shared - beyond.yes.edge[state] * apart);
      const down = beyond.no.mine[state] + follows * tailed(-shared - beyond.no.edge[state] * apart);
      const absent = beyond.away.mine[state]
        + follows * tailed(round(present * ties.attendance[state]) - beyond.away.edge[state] * absence.apart[state]);
      yes[place] = (1 - absent) * up;
      no[place] = (1 - absent) * down;
      abstain[place] = (1 - absent) * Math.max(1 - up - down, 0);
      away[place] = absent;
    }
  });
  return {yes, abstain, no, away};
}

/**
 * A path at one set of points, which keeps what it held.
 * @param {Way} way @param {number} number of the set
 */
export function wayAt(way, number) {
  const noise = noiseOf(way, number);
  /** @type {Map<string, Chances>} */
  const free = new Map();
  /** @type {Map<string, HeldVote>} */
  const held = new Map();

  /** @param {number} place @param {number} arm @param {boolean} willed @param {Heard[]} heard */
  const chancesAt = (place, arm, willed, heard) => {
    const vote = way.votes[place];
    const key = JSON.stringify([place, arm, willed, heard]);
    const before = free.get(key);
    if (before) return before;
    const found = chancesGiven(ballotAt(way, vote, arm, heard), tiesOf(way, vote, willed), noise[vote.step]);
    if (!willed) return found; // its counts are kept
    const [oldest] = free.keys();
    if (free.size >= KEPT) free.delete(oldest);
    free.set(key, found);
    return found;
  };

  /** @param {number} place @param {WayQuestion} question */
  const voteAt = (place, {arm, steps}) => {
    const vote = way.votes[place];
    const known = way.steps[vote.step].committee ? {} : steps[vote.step] ?? {};
    const heard = heardOf(way, vote, steps);
    const any = Object.keys(known).length > 0;
    const here = vote.of_arm[arm];
    const votes = [place, here].join();
    const key = `${votes} ${JSON.stringify([known, heard])}`;
    const before = held.get(key);
    if (before) return before;
    const chances = chancesAt(place, here, any, heard);
    const said = any ? vote.said_in.map(([other, weight]) => ({weight, chances: chancesAt(place, other, true, heard)})) : [];
    const rules = way.places.filter(({vote: other}) => other === place);
    const found = heldVote(chances, known, {said, rules, points: noise[0].factors.length, quorum: way.quorum});
    // what was held before with other known votes is not likely to be asked for again
    for (const old of held.keys()) if (old.startsWith(`${votes} `) && old !== `${votes} [{},[]]`) held.delete(old);
    held.set(key, found);
    return found;
  };
  return {voteAt, points: noise[0].factors.length};
}

/**
 * A vote at every point, the known ones as they are.
 * @param {Chances} chances @param {Record<number, number>} known
 * @param {{said: {weight: number, chances: Chances}[], rules: Way["places"], points: number, quorum: number}} asked `said`:
 *   where the known ones were announced
 * @returns {HeldVote}
 */
function heldVote(chances, known, {said, rules, points, quorum}) {
  const states = chances.yes.length / points;
  const told = Object.entries(known).map(([state, choice]) => ({state: Number(state), choice}));
  const names = /** @type {const} */ (["yes", "abstain", "no", "away"]);
  const weight = new Float64Array(points).fill(1);
  if (told.length) {
    for (let point = 0; point < points; point++) {
      weight[point] = sum(said.map(({weight: part, chances: there}) => part * told.reduce((all, {state, choice}) => (
        all * Math.max(there[names[choice]][point * states + state], LEAST)), 1)));
    }
  }
  // the known ones as they are, until all is counted
  const before = told.map(({state, choice}) => names.map((name, other) => (
    Float64Array.from(weight, (_, point) => swapped(chances[name], point * states + state, Number(other === choice))))));
  const line = new Float64Array(states + 1 + 2 * LEAD);
  const [low, high] = [0, 1].map(() => names.map(() => new Int32Array(points)));
  const lines = names.map((name, choice) => {
    const found = new Float32Array(points * (states + 1));
    for (let point = 0; point < points; point++) {
      multiplied(line, LEAD, chances[name], point * states, states, CUT);
      const [first, last] = RANGE;
      low[choice][point] = first;
      high[choice][point] = last;
      const to = point * (states + 1);
      for (let value = first; value <= last; value++) found[to + value] = line[LEAD + value];
      line.fill(0, LEAD + first, LEAD + last + 1);
    }
    return found;
  });
  const vote = {lines, low, high, known: weight};
  const carried = new Map(rules.map((rule) => [ruleOf(rule), carriedAt(vote, chances, {...rule, quorum})]));
  told.forEach(({state}, number) => names.forEach((name, other) => {
    before[number][other].forEach((chance, point) => { chances[name][point * states + state] = chance; });
  }));
  return {...vote, carried};
}

/** @param {Float64Array} line @param {number} place @param {number} put @returns {number} what stood there before */
function swapped(line, place, put) {
  const found = line[place];
  line[place] = put;
  return found;
}

/** @param {Float32Array | Float64Array} line @param {number} first @param {number} last */
function between(line, first, last) {
  let total = 0;
  for (let place = first; place <= last; place++) total += line[place];
  return total;
}

/** @param {Way["places"][number]} place */
function ruleOf({weights, at_least: atLeast}) {
  return [...weights, atLeast].join();
}

/**
 * The chance at each point that a rule adopts what is voted on.
 * @param {Pick<HeldVote, "low" | "high" | "lines">} vote @param {Chances} chances
 * @param {{weights: number[], at_least: number, quorum: number}} rule
 */
function carriedAt({low, high, lines}, chances, {weights, at_least: atLeast, quorum}) {
  const points = low[YES].length;
  const states = chances.yes.length / points;
  const lowest = Math.min(...weights);
  const steps = weights.map((weight) => weight - lowest);
  const farthest = Math.max(...steps);
  const line = new Float64Array(farthest * states + 1 + 2 * LEAD);
  const found = new Float64Array(points);
  for (let point = 0; point < points; point++) {
    let [least, most] = [0, 0];
    for (const choice of [YES, ABSTAIN, NO]) {
      least += weights[choice] * (weights[choice] > 0 ? low : high)[choice][point];
      most += weights[choice] * (weights[choice] > 0 ? high : low)[choice][point];
    }
    if (most < atLeast) continue;
    let reached = 1;
    const silent = atLeast <= 0 && low[YES][point] === 0;
    if (least < atLeast || silent) {
      if (farthest === 1) multiplied(line, LEAD, chances.yes, point * states, states, CUT);
      else multipliedByThree(line, LEAD, chances.yes, chances.no, point * states, states, steps, CUT);
      const mark = Math.max(atLeast - lowest * states, 0);
      reached = between(line, LEAD + Math.max(mark, RANGE[0]), LEAD + RANGE[1]);
      line.fill(0, LEAD + RANGE[0], LEAD + RANGE[1] + 1);
      if (atLeast <= 0) {
        let mute = 1; // nothing is adopted that nobody says yes to
        for (let place = point * states; place < (point + 1) * states; place++) mute *= 1 - chances.yes[place] - chances.no[place];
        reached -= mute;
      }
    }
    const absent = point * (states + 1);
    // majority and quorum are taken to be independent at a point
    const present = between(lines[ABSENT], absent + low[ABSENT][point], absent + Math.min(high[ABSENT][point], states - quorum));
    found[point] = Math.min(Math.max(reached * present, 0), 1);
  }
  return found;
}

/**
 * What becomes of the path at a set of points, a vote at each turn.
 * @param {Way} way @param {ReturnType<typeof wayAt>} at @param {WayQuestion} question
 * @returns {Generator<undefined, Found>}
 */
export function* followed(way, at, question) {
  const {places, steps} = way;
  /** @type {HeldVote[]} */
  const votes = [];
  for (const place of way.votes.keys()) {
    votes.push(at.voteAt(place, question));
    yield;
  }
  const carried = places.map((place) => /** @type {Float64Array} */ (votes[place.vote].carried.get(ruleOf(place))));
  const beside = besideOf(way, votes);
  const ahead = aheadOf(way, votes, carried, beside);
  const here = places.map(() => new Float64Array(at.points));
  here[0].fill(1 / at.points);
  const ends = way.ends.map(() => new Float64Array(at.points));
  const weights = way.votes.map(() => new Float64Array(at.points));
  const flows = places.map((place, number) => {
    const vote = votes[place.vote];
    const {put} = steps[place.step];
    const leaving = [0, 0, 0];
    for (let point = 0; point < at.points; point++) {
      const come = here[number][point] * vote.known[point];
      const won = come * put * carried[number][point];
      [won, come * put - won, come * (1 - put)].forEach((part, how) => {
        const after = place.after[how];
        const mass = part * beside[number][how][point];
        const joint = after < 0 ? mass : mass * ahead[after][point];
        leaving[how] += joint;
        if (how < 2) weights[place.vote][point] += joint;
        (after < 0 ? ends[-1 - after] : here[after])[point] += mass;
      });
    }
    return leaving;
  });
  yield;
  return {
    ends: ends.map(sum), flows, tallies: talliesOf(way, votes, weights),
    squares: sum(here[0].map((_, point) => sum(ends.map((end) => end[point])) ** 2)),
  };
}

/**
 * How probable the known votes are of the steps that each way out of a place passes by [place][how][point].
 * @param {Way} way @param {HeldVote[]} votes
 */
function besideOf({places, steps}, votes) {
  return places.map((place) => place.passed_by.map((passed) => votes[place.vote].known.map((_, point) => (
    passed.reduce((all, step) => all * votes[steps[step].tabled].known[point], 1)))));
}

/**
 * How probable the known votes are from each place on [place][point].
 * @param {Way} way @param {HeldVote[]} votes @param {Float64Array[]} carried @param {Float64Array[][]} beside
 */
function aheadOf({places, steps}, votes, carried, beside) {
  const found = carried.map((chances) => new Float64Array(chances.length));
  for (let number = places.length - 1; number >= 0; number--) {
    const {vote, step, after} = places[number];
    const {known} = votes[vote];
    const {put} = steps[step];
    const from = (/** @type {number} */ how, /** @type {number} */ point) => (
      beside[number][how][point] * (after[how] < 0 ? 1 : found[after[how]][point]));
    found[number].forEach((_, point) => {
      const won = carried[number][point];
      const voted = put * (won * from(0, point) + (1 - won) * from(1, point));
      found[number][point] = known[point] * (voted + (1 - put) * from(2, point));
    });
  }
  return found;
}

/**
 * Every step's tally under the weights of its votes [step][choice][votes].
 * @param {Way} way @param {HeldVote[]} votes @param {Float64Array[]} weights
 */
function talliesOf(way, votes, weights) {
  const states = votes[0].lines[YES].length / votes[0].known.length - 1;
  const found = way.steps.map(() => [YES, ABSTAIN, NO, ABSENT].map(() => new Float64Array(states + 1)));
  votes.forEach(({lines, low, high}, number) => {
    const of = found[way.votes[number].step];
    lines.forEach((line, choice) => {
      const to = of[choice];
      weights[number].forEach((weight, point) => {
        if (weight === 0) return;
        const [first, last] = [low[choice][point], high[choice][point]];
        for (let value = first, place = point * (states + 1) + first; value <= last; value++, place++) to[value] += weight * line[place];
      });
    });
  });
  return found;
}

/**
 * The path from all sets of points: chances given the known votes, and their errors.
 * @param {Found[]} sets
 */
export function togetherOf(sets) {
  const known = sets.map(({ends}) => sum(ends));
  const all = sum(known);
  const given = (/** @type {(one: Found) => number} */ of) => sum(sets.map(of)) / all;
  const ends = sets[0].ends.map((_, end) => {
    const mean = given((one) => one.ends[end]);
    const off = sets.map((one, number) => ((one.ends[end] - mean * known[number]) * sets.length) / all);
    return {chance: mean, error: Math.sqrt(sum(off.map((part) => part ** 2)) / (sets.length * (sets.length - 1)))};
  });
  const tallies = sets[0].tallies.map((choices, step) => choices.map((line, choice) => {
    const sums = Array.from(line, (_, votes) => sum(sets.map((one) => one.tallies[step][choice][votes])));
    const total = sum(sums);
    return sums.map((part) => (total > 0 ? part / total : 0));
  }));
  return {
    ends, tallies, known: all / sets.length,
    flows: sets[0].flows.map((ways, place) => ways.map((_, how) => given((one) => one.flows[place][how]))),
    effective: all ** 2 / sum(sets.map(({squares}) => squares)),
  };
}

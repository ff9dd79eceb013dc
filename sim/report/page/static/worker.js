// Counts take longer than a frame of the screen, so they are computed beside it, by as many as there are processors for,
// each a share of them. What is asked in between takes the place of what was asked before.

import {skeleton} from "./engine.js";
import {askedOf, frameOf} from "./posterior.js";
import {callsOf} from "./calls.js";
import {partial} from "./counts.js";
import {followed, wayAt} from "./path.js";

/** @typedef {import("./counts.js").Share} Share */
/** @typedef {import("./path.js").Found} Found */
/**
 * @typedef {object} Asked
 * @property {number} number
 * @property {import("./engine.js").Question} question
 * @property {[number, number]} share which of how many
 * @property {import("./calls.js").Target} [target]
 * @property {number} push
 */

/** @type {import("./engine.js").Parameters | undefined} */
let parameters;
/** @type {ReturnType<typeof skeleton> | undefined} */
let bones;
/** @type {Asked | undefined} */
let latest;
/**
 * @typedef {object} AskedWay
 * @property {number} path number of the question
 * @property {import("./path.js").WayQuestion} question
 * @property {[number, number]} share
 */
/** @type {import("./path.js").Way | null} */
let way = null;
/** @type {AskedWay | undefined} */
let latestWay;
/** @type {Map<number, ReturnType<typeof wayAt>>} */
const sets = new Map();

const IDLE = 250; // milliseconds without a further question, once the counts are done, before calls are looked into
const TURN = 20; // milliseconds after which it is seen whether there is a further question
const turns = new MessageChannel();
/** @type {(() => void)[]} */
const later = [];
turns.port1.onmessage = () => later.shift()?.();

onmessage = ({data}) => {
  if (data.parameters) {
    parameters = data.parameters;
    way = data.way;
    return;
  }
  // what was asked since then is in line already, and takes the place of this
  if (data.path) {
    latestWay = data;
    setTimeout(() => { if (latestWay === data) follow(data); });
    return;
  }
  latest = data;
  setTimeout(() => { if (latest === data) begin(data); });
};

/** @param {Asked} asked */
function begin(asked) {
  if (!parameters) return;
  const [all, using] = [parameters, bones ??= skeleton(parameters)];
  const {number, question, share} = asked;
  const answer = askedOf(all, question);
  const frame = frameOf(all, answer, question.known, using);
  goOn(() => latest === asked, partial(all, {ballot: answer.ballot, frame}, share), (found) => {
    postMessage({number, share: found});
    const {target, push} = asked;
    if (share[0] > 0 || !target) return;
    setTimeout(() => {
      if (latest !== asked) return;
      goOn(() => latest === asked, callsOf(all, answer, using, {frame, target, push}), (gains) => postMessage({number, gains}));
    }, IDLE);
  });
}

/** @param {AskedWay} asked */
function follow(asked) {
  const {path, question, share} = asked;
  goOn(() => latestWay === asked, ofSets(question, share), (found) => postMessage({path, found}));
}

/**
 * What becomes of a path at this worker's sets of points.
 * @param {import("./path.js").WayQuestion} question @param {[number, number]} share
 * @returns {Generator<undefined, Found[]>}
 */
function* ofSets(question, [first, step]) {
  const found = [];
  if (!way) return [];
  for (let number = first; number < way.points.sets; number += step) {
    const at = sets.get(number) ?? wayAt(way, number);
    sets.set(number, at);
    found.push(yield* followed(way, at, question));
  }
  return found;
}

/**
 * @template T
 * @param {() => boolean} wanted whether nothing else was asked since @param {Generator<undefined, T>} work
 * @param {(found: T) => void} then
 */
function goOn(wanted, work, then) {
  const until = performance.now() + TURN;
  let step = work.next();
  while (!step.done && performance.now() < until) step = work.next();
  if (step.done) then(step.value);
  else {
    later.push(() => { if (wanted()) goOn(wanted, work, then); });
    turns.port2.postMessage(0);
  }
}

// Counts take longer than a frame of the screen, so they are computed beside it, by as many as there are processors for,
// each a share of them. What is asked in between takes the place of what was asked before.

import {skeleton} from "./engine.js";
import {askedOf, frameOf} from "./posterior.js";
import {callsOf} from "./calls.js";
import {partial} from "./counts.js";

/** @typedef {import("./counts.js").Share} Share */
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

const IDLE = 250; // milliseconds without a further question before calls are looked into
const TURN = 20; // milliseconds after which it is seen whether there is a further question
const turns = new MessageChannel();

onmessage = ({data}) => {
  if (data.parameters) {
    parameters = data.parameters;
    return;
  }
  latest = data;
  // what was asked since then is in line already, and takes the place of this
  setTimeout(() => { if (latest === data) begin(data); });
};

/** @param {Asked} asked */
function begin(asked) {
  if (!parameters) return;
  const [all, using] = [parameters, bones ??= skeleton(parameters)];
  const {number, question, share} = asked;
  const answer = askedOf(all, question);
  const frame = frameOf(all, answer, question.known, using);
  goOn(asked, partial(all, {ballot: answer.ballot, frame}, share), (found) => {
    postMessage({number, share: found});
    const {target, push} = asked;
    if (share[0] > 0 || !target) return;
    setTimeout(() => {
      if (latest === asked) postMessage({number, gains: callsOf(all, answer, using, {frame, target, push})});
    }, IDLE);
  });
}

/** @param {Asked} asked @param {Generator<undefined, Share>} work @param {(found: Share) => void} then */
function goOn(asked, work, then) {
  const until = performance.now() + TURN;
  let step = work.next();
  while (!step.done && performance.now() < until) step = work.next();
  if (step.done) then(step.value);
  else {
    turns.port1.onmessage = () => { if (latest === asked) goOn(asked, work, then); };
    turns.port2.postMessage(0);
  }
}

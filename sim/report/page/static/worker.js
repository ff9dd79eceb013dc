// Counts take longer than a frame of the screen, so they are computed beside it.

import {skeleton} from "./engine.js";
import {answered, frameOf} from "./posterior.js";
import {callsOf} from "./calls.js";
import {countsOf} from "./counts.js";

/** @type {import("./engine.js").Parameters | undefined} */
let parameters;
/** @type {ReturnType<typeof skeleton> | undefined} */
let bones;

const IDLE = 250; // milliseconds without a further question before calls are looked into
let waiting = 0;

onmessage = ({data}) => {
  if (data.parameters) {
    parameters = data.parameters;
    return;
  }
  if (!parameters) return;
  const asked = parameters;
  const using = bones ??= skeleton(asked);
  clearTimeout(waiting);
  // what was asked since then is in line already, and takes the place of this
  waiting = setTimeout(() => {
    const answer = answered(asked, data.question);
    const {ballot, states} = answer;
    const frame = frameOf(asked, answer, data.question.known, using);
    postMessage({number: data.number, counts: countsOf(asked, {ballot, frame, of: states})});
    if (!data.target) return;
    waiting = setTimeout(() => {
      const gains = callsOf(asked, answer, using, {frame, target: data.target, push: data.push});
      postMessage({number: data.number, gains});
    }, IDLE);
  });
};

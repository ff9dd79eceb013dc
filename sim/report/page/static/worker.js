// Counts take longer than a frame of the screen, so they are computed beside it.

import {answered, skeleton} from "./engine.js";
import {countsOf} from "./counts.js";

/** @type {import("./engine.js").Parameters | undefined} */
let parameters;
/** @type {ReturnType<typeof skeleton> | undefined} */
let bones;

onmessage = ({data}) => {
  if (data.parameters) {
    parameters = data.parameters;
    return;
  }
  if (!parameters) return;
  bones ??= skeleton(parameters);
  const answer = answered(parameters, data.question, bones);
  postMessage({number: data.number, counts: countsOf(parameters, answer)});
};

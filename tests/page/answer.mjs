// Answers questions on stdin with the page's engine, so that tests can hold it to Python's numbers.
import {readFileSync} from "node:fs";
import {skeleton} from "../../sim/report/page/static/engine.js";
import {callsOf} from "../../sim/report/page/static/calls.js";
import {answered, frameOf, surprisingBelow} from "../../sim/report/page/static/posterior.js";
import {countsOf} from "../../sim/report/page/static/counts.js";

const {parameters, questions} = JSON.parse(readFileSync(0, "utf8"));
const bones = skeleton(parameters);

function lastOf(work) {
  for (;;) {
    const {done, value} = work.next();
    if (done) return value;
  }
}

const answers = questions.map((question) => {
  const started = performance.now();
  const answer = answered(parameters, question);
  const {ballot, states, logKnown} = answer;
  const middle = performance.now();
  const {target, push, counts: wanted, known} = question;
  const frame = wanted || target ? frameOf(parameters, answer, known, bones) : null;
  const counts = frame && wanted ? countsOf(parameters, {ballot, frame, of: states}) : null;
  const gains = frame && target ? lastOf(callsOf(parameters, answer, bones, {frame, target, push})) : [];
  return {
    gains: Array.from(gains), states: Array.from(states), logKnown, ...counts,
    below: surprisingBelow(parameters, ballot, question.known),
    took: [middle - started, performance.now() - middle],
  };
});
process.stdout.write(JSON.stringify(answers));

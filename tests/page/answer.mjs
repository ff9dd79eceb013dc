// Answers questions on stdin with the page's engine, so that tests can hold it to Python's numbers.
import {readFileSync} from "node:fs";
import {answered, skeleton, statesOf} from "../../sim/report/page/static/engine.js";
import {callsOf} from "../../sim/report/page/static/calls.js";
import {countsOf} from "../../sim/report/page/static/counts.js";

const {parameters, questions} = JSON.parse(readFileSync(0, "utf8"));
const bones = skeleton(parameters);
const answers = questions.map((question) => {
  const started = performance.now();
  const answer = answered(parameters, question, bones);
  const states = statesOf(answer.frame, parameters.states.code.length);
  const middle = performance.now();
  const counts = question.counts ? countsOf(parameters, answer) : null;
  const {target, push} = question;
  const gains = target ? callsOf(parameters, question, bones, {frame: answer.frame, target, push}) : [];
  return {
    gains: Array.from(gains), states: Array.from(states), logKnown: answer.frame.logKnown, ...counts,
    took: [middle - started, performance.now() - middle],
  };
});
process.stdout.write(JSON.stringify(answers));

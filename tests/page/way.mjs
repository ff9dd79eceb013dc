// Follows a path with the page's engine, so that tests can hold it to Python's numbers.
import {readFileSync} from "node:fs";
import {followed, togetherOf, wayAt} from "../../sim/report/page/static/path.js";

const {way, questions} = JSON.parse(readFileSync(0, "utf8"));
const sets = Array.from({length: way.points.sets}, (_, number) => wayAt(way, number));
const answers = questions.map((question) => {
  const started = performance.now();
  const found = togetherOf(sets.map((at) => {
    const work = followed(way, at, question);
    for (;;) {
      const {done, value} = work.next();
      if (done) return value;
    }
  }));
  return {...found, took: performance.now() - started};
});
process.stdout.write(JSON.stringify(answers));

// Times the page's engine, one vote more at a time; engines of several folders take turns. A path is followed at
// the sets of points that one of two workers has.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const {parameters, arm, votes, folders, way} = JSON.parse(readFileSync(0, "utf8"));
const engines = await Promise.all(folders.map(async (folder) => {
  const [engine, posterior, counts] = await Promise.all(["engine", "posterior", "counts"].map((name) => (
    import(pathToFileURL(`${folder}/${name}.js`).href))));
  const own = structuredClone(parameters);
  return {...engine, ...posterior, ...counts, own, bones: engine.skeleton(own), states: [], counted: []};
}));
const now = () => process.cpuUsage().user / 1000;
const known = {};
for (const [state, choice] of way ? [] : votes) {
  known[state] = choice;
  const question = {arm, positions: null, scale: 1, known: {...known}};
  for (const engine of engines) {
    const start = now();
    const answer = engine.answered(engine.own, question);
    const middle = now();
    const frame = engine.frameOf(engine.own, answer, question.known, engine.bones);
    engine.countsOf(engine.own, {ballot: answer.ballot, frame, of: answer.states});
    engine.states.push(middle - start);
    engine.counted.push(now() - middle);
  }
}
// the first third compiles
const median = (all) => all.slice(all.length / 3).sort((one, other) => one - other)[Math.floor(all.length / 3)];
process.stdout.write(JSON.stringify(way ? await steps() : engines.map(({states, counted}) => [median(states), median(counted)])));

// milliseconds of one vote more on each step: the first there, and the median of those after it
async function steps() {
  const {followed, wayAt} = await import(pathToFileURL(`${folders[0]}/path.js`).href);
  const sets = Array.from({length: way.points.sets / 2}, (_, number) => wayAt(way, number));
  const took = (asked) => {
    const start = now();
    for (const at of sets) {
      const work = followed(way, at, {arm, steps: asked});
      while (!work.next().done);
    }
    return now() - start;
  };
  took({});
  return way.steps.map((_, step) => {
    const told = votes.map((_, count) => took({[step]: Object.fromEntries(votes.slice(0, count + 1))}));
    return [told[0], told.slice(1).sort((one, other) => one - other)[Math.floor((told.length - 1) / 2)]];
  });
}

// Times the page's engine, one vote more at a time; engines of several folders take turns.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const {parameters, arm, votes, folders} = JSON.parse(readFileSync(0, "utf8"));
const engines = await Promise.all(folders.map(async (folder) => {
  const [engine, posterior, counts] = await Promise.all(["engine", "posterior", "counts"].map((name) => (
    import(pathToFileURL(`${folder}/${name}.js`).href))));
  const own = structuredClone(parameters);
  return {...engine, ...posterior, ...counts, own, bones: engine.skeleton(own), states: [], counted: []};
}));
const now = () => process.cpuUsage().user / 1000;
const known = {};
for (const [state, choice] of votes) {
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
process.stdout.write(JSON.stringify(engines.map(({states, counted}) => [median(states), median(counted)])));

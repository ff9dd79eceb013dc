// Where the factors are held so that what states share can be integrated out: the points and
// weights of sim.vote.exact.quadrature, sim.vote.exact.uncertainty and sim.vote.exact.groups.

/** @typedef {{value: Float64Array, weight: Float64Array}} Line points on a factor, weights sum to 1 */
/** @typedef {{effect: number, distance: number, weight: number}} Strength */
/**
 * @typedef {object} Fineness how closely each factor is held
 * @property {number} assembly
 * @property {number} bloc
 * @property {number} attendance
 * @property {number} step
 * @property {number} span
 */
/**
 * @typedef {object} Quadrature
 * @property {Fineness} fine
 * @property {Fineness} close for the states alone, which cost less
 * @property {Fineness} absence how closely absence alone is held
 * @property {[number[], number[]]} marginal points and weights for the distance, in states alone
 * @property {{far: number, look: number, gone: number, light: number, apart: number, pairs: number,
 *   negligible: number}} room how the
 *   points of a factor are moved to where known votes leave room
 * @property {[number[], number[]]} effect points and weights for the uncertain effect
 * @property {{from: number, apart: number, blur: [number, number]}} wide what moves states farther is held at even points
 * @property {[number[], number[]]} beside points and weights for the other uncertainty then
 * @property {number} attended points of attendance once votes are known, for each standard deviation that it moves a state
 * @property {[number[], number[]]} aside points and weights for attendance beside the middle
 * @property {number} span how far out stance factors are held
 * @property {number} relative most distance of points on a group's line
 * @property {number} proportional how far proportions in a group may differ
 */

/**
 * Evenly spaced points on a standard normal factor; what lies beyond the ends is put on the ends.
 * @param {number} points
 * @param {number} span
 * @returns {Line}
 */
export function evenly(points, span) {
  const value = new Float64Array(points);
  const weight = new Float64Array(points);
  if (points === 1) return {value, weight: weight.fill(1)};
  const step = (2 * span) / (points - 1);
  let sum = 0;
  for (let place = 0; place < points; place++) {
    value[place] = -span + step * place;
    weight[place] = Math.exp(-0.5 * value[place] ** 2);
  }
  let beyond = 0;
  for (let place = 1; place < 30; place++) beyond += Math.exp(-0.5 * (span + step * place) ** 2);
  weight[0] += beyond;
  weight[points - 1] += beyond;
  for (const part of weight) sum += part;
  for (let place = 0; place < points; place++) weight[place] /= sum;
  return {value, weight};
}

/** @param {number} reach @param {number} fewest @param {number} step @param {number} span */
export function pointsFor(reach, fewest, step, span) {
  if (reach === 0) return 1;
  return 2 * Math.ceil(Math.max((2 * span * reach) / step, fewest - 1) / 2) + 1;
}

/**
 * Where the strength of the effect and the distance of the position are held.
 * @param {[number, number]} reach how far each moves a state, 0 where it is certain
 * @param {Quadrature} quadrature
 * @returns {Strength[]}
 */
export function strengths([strong, far], quadrature) {
  const wide = Math.max(strong, far) > quadrature.wide.from;
  if (strong && far && !wide) {
    const corners = [0, 1, 2, 3, 4, 5].map((turn) => ({
      effect: 2 * Math.cos((turn * Math.PI) / 3),
      distance: 2 * Math.sin((turn * Math.PI) / 3),
      weight: 1 / 12,
    }));
    return [{effect: 0, distance: 0, weight: 0.5}, ...corners];
  }
  const distances = heldAt(far, wide, quadrature);
  return heldAt(strong, wide, quadrature).flatMap((effect) => distances.map((distance) => ({
    effect: effect.value, distance: distance.value, weight: effect.weight * distance.weight,
  })));
}

/**
 * Where one uncertainty is held.
 * @param {number} reach @param {boolean} wide whether either is held at many points
 * @param {Quadrature} quadrature
 */
function heldAt(reach, wide, quadrature) {
  if (reach === 0) return [{value: 0, weight: 1}];
  const [few, weights] = wide ? quadrature.beside : quadrature.effect;
  const {value, weight} = reach <= quadrature.wide.from
    ? {value: few, weight: weights}
    : evenly(pointsFor(reach, few.length, quadrature.wide.apart, quadrature.span), quadrature.span);
  return Array.from(value, (at, place) => ({value: at, weight: weight[place]}));
}

/** @param {Iterable<number>} numbers */
export function largest(numbers) {
  let found = 0;
  for (const number of numbers) found = Math.max(found, Math.abs(number));
  return found;
}

/**
 * How a group is held: what is shared at each point [state, point], and what each point weighs at
 * each node, where the factor of the assembly is held [point, node].
 * @param {Float64Array} assembly weight of that factor, by state, with the size in it
 * @param {Float64Array} bloc weight of the group's own factor
 * @param {Float64Array} factor points of the factor of the assembly
 * @param {Quadrature} quadrature
 * @returns {{points: number, value: Float64Array, onto: Float64Array}}
 */
export function shared(assembly, bloc, factor, quadrature) {
  const {bloc: fewest, step} = quadrature.fine;
  const states = assembly.length;
  const nodes = factor.length;
  const points = pointsFor(largest(bloc), fewest, step, quadrature.span);
  let [one, both, other] = [0, 0, 0];
  for (let state = 0; state < states; state++) {
    one += assembly[state] ** 2;
    both += assembly[state] * bloc[state];
    other += bloc[state] ** 2;
  }
  const turn = 0.5 * Math.atan2(2 * both, one - other);
  const [x, y] = [Math.cos(turn), Math.sin(turn)];
  const taken = assembly.map((weight, state) => weight * x + bloc[state] * y);
  const beside = assembly.map((weight, state) => bloc[state] * x - weight * y);
  const proportional = Math.hypot(...beside) <= quadrature.proportional * Math.hypot(...taken);
  if (proportional && y !== 0) {
    const [far, near] = [Math.abs(x), Math.abs(y)];
    const reach = Math.max(far * largest(factor) + 3 * near, quadrature.span * near);
    const closest = Math.min(quadrature.relative * near, step / largest(taken));
    const count = Math.ceil(reach / closest);
    if (2 * count + 1 < nodes * points) return onLine(taken, [x, near], factor, {reach, count});
  }
  return onPairs(assembly, bloc, factor, evenly(points, quadrature.span));
}

/**
 * @param {Float64Array} taken
 * @param {[number, number]} proportion
 * @param {Float64Array} factor
 * @param {{reach: number, count: number}} line
 */
function onLine(taken, [x, near], factor, {reach, count}) {
  const points = 2 * count + 1;
  const nodes = factor.length;
  const step = reach / count;
  const beyond = Math.ceil((6 * near) / step);
  const value = new Float64Array(taken.length * points);
  const onto = new Float64Array(points * nodes);
  for (let state = 0; state < taken.length; state++) {
    for (let point = 0; point < points; point++) {
      value[state * points + point] = taken[state] * step * (point - count);
    }
  }
  for (let node = 0; node < nodes; node++) {
    let sum = 0;
    for (let place = -count - beyond; place <= count + beyond; place++) {
      const weight = Math.exp(-0.5 * ((step * place - x * factor[node]) / near) ** 2);
      const point = Math.min(Math.max(place + count, 0), points - 1);
      onto[point * nodes + node] += weight;
      sum += weight;
    }
    for (let point = 0; point < points; point++) onto[point * nodes + node] /= sum;
  }
  return {points, value, onto};
}

/**
 * @param {Float64Array} assembly
 * @param {Float64Array} bloc
 * @param {Float64Array} factor
 * @param {Line} own
 */
function onPairs(assembly, bloc, factor, own) {
  const nodes = factor.length;
  const [each, points] = [own.value.length, own.value.length * nodes];
  const value = new Float64Array(assembly.length * points);
  const onto = new Float64Array(points * nodes);
  for (let node = 0; node < nodes; node++) {
    for (let place = 0; place < each; place++) {
      const point = node * each + place;
      onto[point * nodes + node] = own.weight[place];
      for (let state = 0; state < assembly.length; state++) {
        value[state * points + point] = assembly[state] * factor[node] + bloc[state] * own.value[place];
      }
    }
  }
  return {points, value, onto};
}

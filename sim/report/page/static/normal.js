// The normal distribution, to full double precision.

// Written out, for it is called some hundred thousand times for one answer: coefficients in an array take four
// times as long.

/**
 * The normal distribution function (rational approximations of S. Moshier's Cephes).
 * @param {number} x
 */
export function normal(x) {
  const scaled = x * Math.SQRT1_2;
  const far = Math.abs(scaled);
  if (far < 1) {
    const z = scaled * scaled;
    const up = (((9.60497373987051638749 * z + 9.00260197203842689217e1) * z +
      2.23200534594684319226e3) * z + 7.00332514112805075473e3) * z + 5.55923013010394962768e4;
    const down = ((((z + 3.35617141647503099647e1) * z + 5.21357949780152679795e2) * z +
      4.59432382970980127987e3) * z + 2.26290000613890934246e4) * z + 4.92673942608635921086e4;
    return 0.5 + (0.5 * scaled * up) / down;
  }
  if (far > 38) return x > 0 ? 1 : 0;
  const tail = 0.5 * Math.exp(-far * far) * (far < 8 ? middle(far) : outer(far));
  return x > 0 ? 1 - tail : tail;
}

/** @param {number} z */
function middle(z) {
  const up = (((((((2.46196981473530512524e-10 * z + 5.64189564831068821977e-1) * z +
    7.46321056442269912687) * z + 4.86371970985681366614e1) * z + 1.96520832956077098242e2) * z +
    5.26445194995477358631e2) * z + 9.34528527171957607540e2) * z + 1.02755188689515710272e3) * z +
    5.57535335369399327526e2;
  const down = (((((((z + 1.32281951154744992508e1) * z + 8.67072140885989742329e1) * z +
    3.54937778887819891062e2) * z + 9.75708501743205489753e2) * z + 1.82390916687909736289e3) * z +
    2.24633760818710981792e3) * z + 1.65666309194161350182e3) * z + 5.57535340817727675546e2;
  return up / down;
}

/** @param {number} z */
function outer(z) {
  const up = ((((5.64189583547755073984e-1 * z + 1.27536670759978104416) * z +
    5.01905042251180477414) * z + 6.16021097993053585195) * z + 7.40974269950448939160) * z +
    2.97886665372100240670;
  const down = (((((z + 2.26052863220117276590) * z + 9.39603524938001434673) * z +
    1.20489539808096656605e1) * z + 1.70814450747565897222e1) * z + 9.60896809063285878198) * z +
    3.36907645100081516050;
  return up / down;
}

const END = 8.5;
const STEPS = 64; // to 1, so that a cubic between two of them is off by 2e-10 at most
const CUBICS = new Float64Array(4 * (2 * END * STEPS + 1));
for (let place = 0; place < CUBICS.length; place += 4) {
  const x = place / 4 / STEPS - END;
  const slope = (/** @type {number} */ at) => Math.exp(-0.5 * at * at) / Math.sqrt(2 * Math.PI) / STEPS;
  const [low, rise] = [normal(x), normal(x + 1 / STEPS) - normal(x)];
  const [first, last] = [slope(x), slope(x + 1 / STEPS)];
  CUBICS.set([low, first, 3 * rise - 2 * first - last, first + last - 2 * rise], place);
}

/**
 * The normal distribution function, quickly, for sums of probabilities: off by 2e-10 at most.
 * @param {number} x
 */
export function nearly(x) {
  const from = (x + END) * STEPS;
  if (!(from > 0)) return 0;
  if (from >= 2 * END * STEPS) return 1;
  const step = Math.floor(from);
  const part = from - step;
  const place = 4 * step;
  return CUBICS[place] + part * (CUBICS[place + 1] + part * (CUBICS[place + 2] + part * CUBICS[place + 3]));
}

/**
 * The same, but with all digits of what is small.
 * @param {number} x
 */
export function tailed(x) {
  return x < -3.5 ? normal(x) : nearly(x);
}

/**
 * Its inverse: -Infinity at 0 and Infinity at 1. Newton's method in logarithms from the tail, where
 * the function is concave, so that it cannot miss wherever it begins.
 * @param {number} chance
 * @param {number} [begin] where it is thought to be, of chances up to a half
 * @returns {number}
 */
export function quantile(chance, begin) {
  if (chance <= 0) return -Infinity;
  if (chance >= 1) return Infinity;
  if (chance > 0.5) return -quantile(1 - chance);
  const wanted = Math.log(chance);
  let x = begin ?? -Math.sqrt(Math.max(0, -2 * (wanted + Math.LN2)));
  for (let turn = 0; turn < 40; turn++) {
    const below = normal(x);
    const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    const step = ((Math.log(below) - wanted) * below) / density;
    x -= step;
    if (Math.abs(step) < 1e-14 * (1 + Math.abs(x))) break;
  }
  return x;
}

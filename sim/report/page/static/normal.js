// The normal distribution, to full double precision.

const P = [2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687,
  4.86371970985681366614e1, 1.96520832956077098242e2, 5.26445194995477358631e2,
  9.34528527171957607540e2, 1.02755188689515710272e3, 5.57535335369399327526e2];
const Q = [1, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2,
  9.75708501743205489753e2, 1.82390916687909736289e3, 2.24633760818710981792e3,
  1.65666309194161350182e3, 5.57535340817727675546e2];
const R = [5.64189583547755073984e-1, 1.27536670759978104416, 5.01905042251180477414,
  6.16021097993053585195, 7.40974269950448939160, 2.97886665372100240670];
const S = [1, 2.26052863220117276590, 9.39603524938001434673, 1.20489539808096656605e1,
  1.70814450747565897222e1, 9.60896809063285878198, 3.36907645100081516050];
const T = [9.60497373987051638749, 9.00260197203842689217e1, 2.23200534594684319226e3,
  7.00332514112805075473e3, 5.55923013010394962768e4];
const U = [1, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3,
  2.26290000613890934246e4, 4.92673942608635921086e4];

/** @param {number} x @param {number[]} coefficients */
function rational(x, coefficients) {
  let value = coefficients[0];
  for (let place = 1; place < coefficients.length; place++) value = value * x + coefficients[place];
  return value;
}

/**
 * The normal distribution function (rational approximations of S. Moshier's Cephes).
 * @param {number} x
 */
export function normal(x) {
  const scaled = x * Math.SQRT1_2;
  const far = Math.abs(scaled);
  if (far < 1) {
    const square = scaled * scaled;
    return 0.5 + (0.5 * scaled * rational(square, T)) / rational(square, U);
  }
  if (far > 38) return x > 0 ? 1 : 0;
  const tail = 0.5 * Math.exp(-far * far)
    * (far < 8 ? rational(far, P) / rational(far, Q) : rational(far, R) / rational(far, S));
  return x > 0 ? 1 - tail : tail;
}

/**
 * Its inverse: -Infinity at 0 and Infinity at 1. Newton's method in logarithms from the tail, where
 * the function is concave, so that it cannot miss.
 * @param {number} chance
 * @returns {number}
 */
export function quantile(chance) {
  if (chance <= 0) return -Infinity;
  if (chance >= 1) return Infinity;
  if (chance > 0.5) return -quantile(1 - chance);
  const wanted = Math.log(chance);
  let x = -Math.sqrt(Math.max(0, -2 * (wanted + Math.LN2)));
  for (let turn = 0; turn < 40; turn++) {
    const below = normal(x);
    const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    const step = ((Math.log(below) - wanted) * below) / density;
    x -= step;
    if (Math.abs(step) < 1e-14 * (1 + Math.abs(x))) break;
  }
  return x;
}

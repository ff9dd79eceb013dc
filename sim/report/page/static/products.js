// Products of polynomials: the loops that take all the time.

import {ABSTAIN, NO, YES} from "./engine.js";

// Numbers and typed arrays alone, so that they stay compiled whatever is asked.

/**
 * Adds four lines to a row, as much as it takes of each.
 * @param {Float64Array} row @param {number} to @param {number} more values after the first
 * @param {Float64Array} lines @param {number} start of the first line @param {number} stride to the next
 * @param {Float64Array} parts @param {number} part place of that of the first @param {number} step to the next
 */
export function four(row, to, more, lines, start, stride, parts, part, step) {
  const a = parts[part];
  const b = parts[part + step];
  const c = parts[part + 2 * step];
  const d = parts[part + 3 * step];
  const second = start + stride;
  const third = second + stride;
  const fourth = third + stride;
  for (let value = 0; value <= more; value++) {
    row[to + value] += a * lines[start + value] + b * lines[second + value] + c * lines[third + value] + d * lines[fourth + value];
  }
}

export const LEAD = 16; // zeros before each line, so that loops may read over its beginning
export const RANGE = new Int32Array(2); // first and last count of a line that are not nothing
const SOME = new Float64Array(512); // chances that are neither 0 nor 1, and three zeros after them
const OTHERS = new Float64Array(512);

const TAPS = new Float64Array(7);

/**
 * Multiplies a line by a polynomial of five terms, four places at a time, from the last down into the zeros before it.
 * @param {Float64Array} line @param {number} at @param {number} stop
 * @param {number} k0 @param {number} k1 @param {number} k2 @param {number} k3 @param {number} k4
 */
function five(line, at, stop, k0, k1, k2, k3, k4) {
  let m0 = line[at];
  let m1 = line[at - 1];
  let m2 = line[at - 2];
  let m3 = line[at - 3];
  for (; at >= stop; at -= 4) {
    const m4 = line[at - 4];
    const m5 = line[at - 5];
    const m6 = line[at - 6];
    const m7 = line[at - 7];
    line[at] = k0 * m0 + k1 * m1 + (k2 * m2 + k3 * m3) + k4 * m4;
    line[at - 1] = k0 * m1 + k1 * m2 + (k2 * m3 + k3 * m4) + k4 * m5;
    line[at - 2] = k0 * m2 + k1 * m3 + (k2 * m4 + k3 * m5) + k4 * m6;
    line[at - 3] = k0 * m3 + k1 * m4 + (k2 * m5 + k3 * m6) + k4 * m7;
    m0 = m4;
    m1 = m5;
    m2 = m6;
    m3 = m7;
  }
}

/**
 * The same with the seven of TAPS.
 * @param {Float64Array} line @param {number} at @param {number} stop
 */
function seven(line, at, stop) {
  const [k0, k1, k2, k3, k4, k5, k6] = [TAPS[0], TAPS[1], TAPS[2], TAPS[3], TAPS[4], TAPS[5], TAPS[6]];
  let m0 = line[at];
  let m1 = line[at - 1];
  let m2 = line[at - 2];
  let m3 = line[at - 3];
  let m4 = line[at - 4];
  let m5 = line[at - 5];
  for (; at >= stop; at -= 2) {
    const m6 = line[at - 6];
    const m7 = line[at - 7];
    line[at] = k0 * m0 + k1 * m1 + (k2 * m2 + k3 * m3) + (k4 * m4 + k5 * m5) + k6 * m6;
    line[at - 1] = k0 * m1 + k1 * m2 + (k2 * m3 + k3 * m4) + (k4 * m5 + k5 * m6) + k6 * m7;
    m0 = m2;
    m1 = m3;
    m2 = m4;
    m3 = m5;
    m4 = m6;
    m5 = m7;
  }
}

/**
 * The first place of a line that weighs enough: what lies before is moved up so that sum and mean stay.
 * @param {Float64Array} line @param {number} low @param {number} high @param {number} trim
 */
function upFrom(line, low, high, trim) {
  for (; low + 2 < high && line[low] < trim; low++) {
    line[low + 1] += 2 * line[low];
    line[low + 2] -= line[low];
    line[low] = 0;
  }
  return low;
}

/**
 * The last such place.
 * @param {Float64Array} line @param {number} low @param {number} high @param {number} trim
 */
function downFrom(line, low, high, trim) {
  for (; low + 2 < high && line[high] < trim; high--) {
    line[high - 1] += 2 * line[high];
    line[high - 2] -= line[high];
    line[high] = 0;
  }
  return high;
}

/**
 * The distribution of how many of some independent things happen, multiplied by that of four at a time.
 * @param {Float64Array} line where it is put, zero so far @param {number} start
 * @param {Float64Array} chances @param {number} first @param {number} count @param {number} trim
 */
export function multiplied(line, start, chances, first, count, trim) {
  let many = 0;
  let low = 0;
  for (let place = first; place < first + count; place++) {
    const chance = chances[place];
    if (chance > 1 - trim / 10) low++;
    else if (chance > trim / 10) SOME[many++] = chance;
  }
  SOME[many] = 0;
  SOME[many + 1] = 0;
  SOME[many + 2] = 0;
  let high = low;
  line[start + low] = 1;
  for (let place = 0; place < many; place += 4) {
    const a = SOME[place];
    const b = SOME[place + 1];
    const c = SOME[place + 2];
    const d = SOME[place + 3];
    const ab = a * b;
    const cd = c * d;
    const one = a + b - 2 * ab;
    const two = c + d - 2 * cd;
    const none = (1 - a) * (1 - b);
    const neither = (1 - c) * (1 - d);
    const k0 = none * neither;
    const k1 = none * two + one * neither;
    const k2 = none * cd + one * two + ab * neither;
    const k3 = one * cd + ab * two;
    const k4 = ab * cd;
    let at = start + high + 4;
    high = Math.min(high + 4, count);
    if (place === 0) {
      line[at] = k4;
      line[at - 1] = k3;
      line[at - 2] = k2;
      line[at - 3] = k1;
      line[at - 4] = k0;
      continue;
    }
    five(line, at, start + low, k0, k1, k2, k3, k4);
    if (place % 8 === 0 && place + 4 < many) continue; // ends are looked for after every eight
    low = upFrom(line, start + low, start + high, trim) - start;
    high = downFrom(line, start + low, start + high, trim) - start;
  }
  RANGE[0] = low;
  RANGE[1] = high;
}

/**
 * The same where a yes, neither and a no each add something, two states at a time.
 * @param {Float64Array} line @param {number} start
 * @param {Float64Array} yeses @param {Float64Array} noes @param {number} first @param {number} count
 * @param {number[]} steps what yes, abstention and no add @param {number} trim
 */
export function multipliedByThree(line, start, yeses, noes, first, count, steps, trim) {
  const up = steps[YES];
  const aside = steps[ABSTAIN];
  const down = steps[NO];
  const wide = Math.max(up, aside, down);
  const dense = wide <= 3;
  let many = 0;
  let low = 0;
  for (let place = first; place < first + count; place++) {
    const yes = yeses[place];
    const no = noes[place];
    if (yes + no < trim / 10) low += aside;
    else {
      SOME[many] = yes;
      OTHERS[many++] = no;
    }
  }
  line[start + low] = 1;
  let high = low;
  if (many % 2) {
    const yes = SOME[--many];
    const no = OTHERS[many];
    line[start + low] = 0;
    line[start + low + up] += yes;
    line[start + low + aside] += Math.max(1 - yes - no, 0);
    line[start + low + down] += no;
    high += wide;
  }
  for (let place = 0; place < many; place += 2) {
    const yes = SOME[place];
    const no = OTHERS[place];
    const neither = Math.max(1 - yes - no, 0);
    const yes2 = SOME[place + 1];
    const no2 = OTHERS[place + 1];
    const neither2 = Math.max(1 - yes2 - no2, 0);
    const k0 = yes * yes2;
    const k1 = yes * neither2 + neither * yes2;
    const k2 = yes * no2 + no * yes2;
    const k3 = neither * neither2;
    const k4 = neither * no2 + no * neither2;
    const k5 = no * no2;
    high += 2 * wide;
    if (dense) {
      TAPS.fill(0);
      TAPS[2 * up] += k0;
      TAPS[up + aside] += k1;
      TAPS[up + down] += k2;
      TAPS[2 * aside] += k3;
      TAPS[aside + down] += k4;
      TAPS[2 * down] += k5;
      if (wide < 3) five(line, start + high, start + low, TAPS[0], TAPS[1], TAPS[2], TAPS[3], TAPS[4]);
      else seven(line, start + high, start + low);
    } else {
      for (let at = start + high; at >= start + low; at--) {
        line[at] = k0 * line[at - 2 * up] + k1 * line[at - up - aside] + k2 * line[at - up - down] + k3 * line[at - 2 * aside]
          + k4 * line[at - aside - down] + k5 * line[at - 2 * down];
      }
    }
    low = upFrom(line, start + low, start + high, trim) - start;
    high = downFrom(line, start + low, start + high, trim) - start;
  }
  RANGE[0] = low;
  RANGE[1] = high;
}

/**
 * Adds the product of two lines to a third, four rows of it at a time.
 * @param {Float64Array} line @param {number} to
 * @param {Float64Array} few @param {number} first @param {number} last
 * @param {Float64Array} many @param {number} start @param {number} end
 */
export function multiply(line, to, few, first, last, many, start, end) {
  let value = first;
  for (; value + 3 <= last; value += 4, to += 4) {
    const a = few[value];
    const b = few[value + 1];
    const c = few[value + 2];
    const d = few[value + 3];
    let m1 = -0;
    let m2 = -0;
    let m3 = -0;
    let put = to;
    for (let more = start; more <= end; more++, put++) {
      const m0 = many[more];
      line[put] += a * m0 + b * m1 + c * m2 + d * m3;
      m3 = m2;
      m2 = m1;
      m1 = m0;
    }
    line[put] += b * m1 + c * m2 + d * m3;
    line[put + 1] += c * m1 + d * m2;
    line[put + 2] += d * m1;
  }
  for (; value <= last; value++, to++) {
    const part = few[value];
    for (let more = start, put = to; more <= end; more++, put++) line[put] += part * many[more];
  }
}

// Which of the events at hand comes first? A heap with four children a node, keyed (time, order, row).

/** An event's key is order × ROWS + row. */
export const ROWS = 2 ** 32;
/** A key after all others. */
export const LATEST = 2 ** 53;

/** Events that are announced. */
export class Heap {
  /** @param {number} room events expected at most; it grows where there are more */
  constructor(room) {
    this.size = 0;
    /** Events announced so far. */
    this.announced = 0;
    this.times = new Float64Array(room);
    this.keys = new Float64Array(room);
  }

  /**
   * Announce an event of a row.
   * @param {number} time
   * @param {number} order
   * @param {number} row
   */
  push(time, order, row) {
    this.announced++;
    if (this.size === this.times.length) this.grow();
    this.rise(this.size++, time, order * ROWS + row);
  }

  grow() {
    const times = new Float64Array(2 * this.times.length + 16);
    const keys = new Float64Array(times.length);
    times.set(this.times);
    keys.set(this.keys);
    this.times = times;
    this.keys = keys;
  }

  /**
   * Put an event into an empty place at the bottom, or as far above as it belongs.
   * @param {number} place
   * @param {number} time
   * @param {number} key
   */
  rise(place, time, key) {
    const { times, keys } = this;
    while (place > 0) {
      const above = (place - 1) >> 2;
      if (times[above] < time || (times[above] === time && keys[above] < key)) break;
      times[place] = times[above];
      keys[place] = keys[above];
      place = above;
    }
    times[place] = time;
    keys[place] = key;
  }

  /** Remove the first event: the first of its children moves up, and so on; the last fills the gap. */
  pop() {
    const { times, keys } = this;
    const n = --this.size;
    let gap = 0;
    for (let child = 1; child < n; child = 4 * gap + 1) {
      let best = child;
      const end = Math.min(child + 4, n);
      for (let k = child + 1; k < end; k++) {
        if (times[k] < times[best] || (times[k] === times[best] && keys[k] < keys[best])) best = k;
      }
      times[gap] = times[best];
      keys[gap] = keys[best];
      gap = best;
    }
    this.rise(gap, times[n], keys[n]);
  }
}

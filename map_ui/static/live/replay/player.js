/** The time that the replay shows: it runs, stands, or is put somewhere. */

export const SPEEDS = [1, 10, 60, 300, 900];

export class Player {
  #begins = 0;
  #ends = 0;
  #frame = 0;
  #last = 0;
  #changed;
  at = 0;
  speed = 60;

  /** `changed()` follows every step of the time and every change of what it does. */
  constructor(changed) {
    this.#changed = changed;
  }

  get playing() {
    return this.#frame !== 0;
  }

  get length_ms() {
    return this.#ends - this.#begins;
  }

  /** Seconds after the begin. */
  get at_s() {
    return (this.at - this.#begins) / 1000;
  }

  /** Stand at the begin of this span, or at `at`. */
  load({ begins, ends }, at = begins) {
    this.pause();
    this.#begins = begins;
    this.#ends = ends;
    this.seek(at);
  }

  seek(ms) {
    this.at = Math.min(this.#ends, Math.max(this.#begins, ms));
    this.#changed();
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#changed();
  }

  play() {
    if (this.playing) return;
    if (this.at >= this.#ends) this.at = this.#begins;
    this.#last = performance.now();
    this.#next();
    this.#changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** One step up (1) or down (-1) in speed. */
  faster(steps) {
    const index = SPEEDS.indexOf(this.speed) + steps;
    this.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))];
    this.#changed();
  }

  #next() {
    this.#frame = requestAnimationFrame((time) => {
      const passed = Math.max(0, time - this.#last) * this.speed;
      this.#last = time;
      this.#next();
      if (this.at + passed >= this.#ends) this.pause();
      this.seek(this.at + passed);
    });
  }
}

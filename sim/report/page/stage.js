// When is it, on the simulated day that is shown? The clock, the strip of half-hours, and the team at that moment.

import { byId, sized } from "./dom.js";
import { draw, Scenes } from "./team.js";
import { clock, say, THIN } from "./words.js";

const SPEEDS = [10, 30, 120, 1];

/** The living team and its clock. */
export class Stage {
  /** @param {import("./model.js").Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.now_s = desk.opens_s;
    this.speed = 30;
    this.is_playing = false;
    this.drawn_at = 0;
    /** @type {Scenes | null} */
    this.scenes = null;
    /** Longest reply that is promised, and agents before. */
    this.how = { late_s: 60, before: 0, names: desk.groups.map((group) => group.name) };
    byId("moment").min = String(desk.opens_s);
    byId("moment").max = String(desk.closes_s);
    byId("play").addEventListener("click", () => this.play(!this.is_playing));
    byId("moment").addEventListener("input", () => this.jump(Number(byId("moment").value)));
    byId("speed").addEventListener("click", () => this.at(SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length]));
    byId("worst").addEventListener("click", () => this.jump(this.worstAt()));
    new ResizeObserver(() => this.paint()).observe(byId("scene"));
    setInterval(() => this.tell(), 5000);
  }

  /**
   * Show this day.
   * @param {import("./team.js").Day} day
   * @param {number} late_s
   * @param {number} before agents before, for their empty desks
   */
  show(day, late_s, before) {
    this.scenes = new Scenes(day);
    this.how = { ...this.how, late_s, before };
    this.paint();
  }

  /** Draw the team and the day at the present moment. */
  paint() {
    if (this.scenes === null) return;
    const canvas = byId("scene");
    const { width, height } = canvas.getBoundingClientRect();
    if (width < 10 || height < 10) return;
    const pen = sized(canvas, width, height);
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize);
    draw(pen, { width, height, unit }, this.scenes, this.now_s, this.how);
    byId("time").textContent = clock(this.now_s);
    byId("moment").value = String(this.now_s);
    byId("moment").setAttribute("aria-valuetext", clock(this.now_s));
    this.paintDay();
  }

  /** The strip of half-hours: those past are darker, and missed chats stand on top. */
  paintDay() {
    const canvas = byId("day");
    const { width, height } = canvas.getBoundingClientRect();
    if (this.scenes === null || width < 10) return;
    const pen = sized(canvas, width, height);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    const { opens_s, closes_s } = this.desk;
    const { came, missed } = this.scenes.halfHours(opens_s, closes_s);
    const most = Math.max(1, ...came);
    const wide = width / came.length;
    came.forEach((n, k) => {
      const tall = ((height - 2) * n) / most;
      const red = ((height - 2) * missed[k]) / most;
      pen.fillStyle = style.getPropertyValue(opens_s + 1800 * k < this.now_s ? "--mid" : "--pale");
      pen.fillRect(k * wide + 1, height - tall, wide - 2, tall);
      pen.fillStyle = style.getPropertyValue("--miss");
      pen.fillRect(k * wide + 1, height - tall, wide - 2, red);
    });
    pen.fillStyle = style.getPropertyValue("--ink");
    pen.fillRect((width * (this.now_s - opens_s)) / (closes_s - opens_s) - 1, 0, 2, height);
  }

  /** What is seen, for those who can't see it. */
  tell() {
    if (this.scenes !== null) byId("scene").setAttribute("aria-label", this.scenes.told(this.now_s));
  }

  /** @param {boolean} is_playing */
  play(is_playing) {
    const was_playing = this.is_playing;
    this.is_playing = is_playing;
    byId("play").textContent = is_playing ? "❚❚" : "▶";
    byId("play").setAttribute("aria-label", say(is_playing ? "pause" : "play"));
    this.drawn_at = performance.now();
    if (is_playing && !was_playing) requestAnimationFrame((at) => this.frame(at));
  }

  /** @param {number} at */
  frame(at) {
    if (!this.is_playing) return;
    const passed_s = Math.min(0.25, Math.max(0, at - this.drawn_at) / 1000);
    this.drawn_at = at;
    this.now_s += passed_s * this.speed;
    if (this.now_s >= this.desk.closes_s) this.now_s = this.desk.opens_s;
    this.paint();
    requestAnimationFrame((next) => this.frame(next));
  }

  /** @param {number} speed seconds of the day a second */
  at(speed) {
    this.speed = speed;
    byId("speed").textContent = `${speed}${THIN}×`;
  }

  /** @param {number} now_s */
  jump(now_s) {
    this.now_s = Math.min(Math.max(now_s, this.desk.opens_s), this.desk.closes_s);
    this.paint();
    this.tell();
  }

  /** The quarter of an hour in which most customers left, or most waited. */
  worstAt() {
    let [worst_s, most] = [this.now_s, -1];
    if (this.scenes === null) return worst_s;
    for (let from_s = this.desk.opens_s; from_s < this.desk.closes_s; from_s += 900) {
      const bad = 1000 * (this.scenes.missed(from_s + 900) - this.scenes.missed(from_s)) + this.scenes.waiting(from_s + 450).length;
      if (bad > most) [worst_s, most] = [from_s + 450, bad];
    }
    return worst_s;
  }
}

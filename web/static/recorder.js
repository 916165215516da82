/** The microphone as a 16-bit WAV. A browser lends it on this PC or over https only. */

const LONGEST_S = 6;

export class Recorder {
  /** @param {(level: number) => void} onLevel peak of each block, 0 to 1 @param {() => void} onFull */
  constructor(onLevel, onFull) {
    this.onLevel = onLevel;
    this.onFull = onFull;
    /** @type {Float32Array[]} */
    this.blocks = [];
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {MediaStream | null} */
    this.stream = null;
  }

  get running() {
    return this.context !== null;
  }

  /** Whether this browser can lend a microphone here. */
  static get possible() {
    return Boolean(navigator.mediaDevices && window.AudioWorkletNode);
  }

  /** Begin; rejects when there is no microphone or nobody allows it. */
  async start() {
    const wanted = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    this.blocks = [];
    const context = new AudioContext();
    await context.audioWorklet.addModule(new URL("./recorder_worklet.js", import.meta.url).href);
    const node = new AudioWorkletNode(context, "recorder");
    const most = LONGEST_S * context.sampleRate;
    let count = 0;
    node.port.onmessage = (event) => {
      if (this.context !== context || count > most) return;
      const block = /** @type {Float32Array} */ (event.data);
      this.blocks.push(block);
      count += block.length;
      this.onLevel(block.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
      if (count > most) this.onFull();
    };
    context.createMediaStreamSource(this.stream).connect(node);
    this.context = context;
  }

  /** End and return what was heard. @returns {Promise<Blob>} */
  async stop() {
    const context = /** @type {AudioContext} */ (this.context);
    this.context = null;
    for (const track of this.stream ? this.stream.getTracks() : []) track.stop();
    await context.close();
    this.onLevel(0);
    return wav(this.blocks, context.sampleRate);
  }
}

/** @param {Float32Array[]} blocks @param {number} rate @returns {Blob} */
export function wav(blocks, rate) {
  const count = blocks.reduce((sum, block) => sum + block.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * count));
  const text = (/** @type {number} */ at, /** @type {string} */ word) => [...word].forEach((sign, place) => view.setUint8(at + place, sign.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * count, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * count, true);
  let at = 44;
  for (const block of blocks) {
    for (const sample of block) {
      view.setInt16(at, Math.max(-1, Math.min(1, sample)) * 32767, true);
      at += 2;
    }
  }
  return new Blob([view.buffer], { type: "audio/wav" });
}

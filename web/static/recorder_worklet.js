// @ts-nocheck -- the names of an audio worklet are not those of a page
/** Hands the microphone's samples to the page, one block after another. */
class Recorder extends AudioWorkletProcessor {
  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const [channel] = inputs[0];
    if (channel) this.port.postMessage(channel.slice(0));
    return true;
  }
}

registerProcessor("recorder", Recorder);

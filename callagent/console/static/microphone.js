"use strict";
// What the microphone gives, in blocks of 128 samples, to the page.
registerProcessor("microphone", class extends AudioWorkletProcessor {
  process(inputs) {
    if (inputs[0][0]) this.port.postMessage(inputs[0][0].slice());
    return true;
  }
});

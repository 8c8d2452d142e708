// SPDX-License-Identifier: Apache-2.0
// What the viewer chose; whoever draws from it is told of every change.
import { ALL_TIME } from "./model.js";

export class Store {
  constructor() {
    this.state = {
      view: "layer",     // a key of views.js
      bin: ALL_TIME,
      logarithmic: false,
      layer: null,       // singled out
      hovered: null,     // place
      pinned: null,      // place
      link: null,        // number of a link that is shown
      route: null,       // {from, to} of a late spike
    };
    this.listeners = [];
  }

  subscribe(listener) { this.listeners.push(listener); }

  set(change) {
    Object.assign(this.state, change);
    this.listeners.forEach((listener) => listener(this.state, change));
  }
}

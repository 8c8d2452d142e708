// SPDX-License-Identifier: Apache-2.0
// The page's data, unpacked. A place is y * width + x; a core and a link are numbers into the lists
// of those that are used. A bin is a number, or ALL_TIME.
import { unpackList, unpackRows } from "./unpack.js";

export const ALL_TIME = -1;
export const DIRECTIONS = ["east", "west", "south", "north"];
export const STEPS = [[1, 0], [-1, 0], [0, 1], [0, -1]];
export const OPPOSITE = [1, 0, 3, 2];

function numbersByKey(keys, size) {
  const numbers = new Int32Array(size).fill(-1);
  keys.forEach((key, number) => { numbers[key] = number; });
  return numbers;
}

function readCores(cores, places) {
  const place = unpackList(cores.place, cores.count);
  return {
    count: cores.count,
    place,
    layer: unpackList(cores.layer, cores.count),
    numberAt: numbersByKey(place, places),
    sent: unpackRows(cores.sent, cores.count),
    received: unpackRows(cores.received, cores.count),
    ofHost: unpackRows(cores.of_host, cores.count),
  };
}

function readLinks(links, places) {
  const key = unpackList(links.link, links.count);
  return {
    count: links.count,
    place: key.map((k) => Math.floor(k / 4)),
    direction: key.map((k) => k % 4),
    numberAt: numbersByKey(key, places * 4),
    peak: unpackList(links.peak, links.count),
    carried: unpackRows(links.carried, links.count),
  };
}

export class Model {
  constructor(page) {
    this.report = page.report;
    this.mesh = page.mesh;
    this.time = page.time;
    this.layers = page.layers;
    this.histograms = { latency: page.latency, host: page.host_latency, slack: page.slack };
    this.late = page.late;
    this.width = page.mesh.cores_x * page.mesh.chips_x;
    this.height = page.mesh.cores_y * page.mesh.chips_y;
    this.cores = readCores(page.cores, this.width * this.height);
    this.links = readLinks(page.links, this.width * this.height);
  }

  ticksIn(bin) {
    const { ticks, ticks_per_bin } = this.time;
    return bin === ALL_TIME ? ticks : Math.min(ticks_per_bin, ticks - bin * ticks_per_bin);
  }

  // Ticks count from 1.
  firstTickOf(bin) { return bin * this.time.ticks_per_bin + 1; }

  packets(series, number, bin) {
    return bin === ALL_TIME ? series.totals[number] : series.rows[number][bin] ?? 0;
  }

  perTick(packets, bin) { return packets / Math.max(this.ticksIn(bin), 1); }

  // Packets of all cores together, by bin.
  sumByBin(series) {
    const sums = new Float64Array(this.time.bins);
    for (const row of series.rows) {
      row.forEach((packets, bin) => { sums[bin] += packets; });
    }
    return sums;
  }

  // The most packets a tick that one of some numbers has in any bin, so that colours mean the same
  // in all of them. A last bin of fewer ticks is left out: it is noisier.
  mostPerTick(count, packetsOf) {
    let bins = this.time.bins;
    if (bins > 1 && this.ticksIn(bins - 1) < this.time.ticks_per_bin) {
      --bins;
    }
    let most = 0;
    for (let number = 0; number < count; ++number) {
      for (let bin = 0; bin < bins; ++bin) {
        most = Math.max(most, this.perTick(packetsOf(number, bin), bin));
      }
    }
    return most;
  }

  at(place) { return { x: place % this.width, y: Math.floor(place / this.width) }; }
  placeOf({ x, y }) { return y * this.width + x; }
  contains({ x, y }) { return x >= 0 && y >= 0 && x < this.width && y < this.height; }
  hasChips() { return this.mesh.chips_x * this.mesh.chips_y > 1; }
  chipOf({ x, y }) {
    return { x: Math.floor(x / this.mesh.cores_x), y: Math.floor(y / this.mesh.cores_y) };
  }

  // The link out of a place in a direction, or -1 where none carried anything.
  linkFrom(place, direction) { return this.links.numberAt[place * 4 + direction]; }

  // The least rectangle that holds all used cores.
  usedArea() {
    const area = { x: this.width, y: this.height, right: 0, bottom: 0 };
    for (const place of this.cores.place) {
      const { x, y } = this.at(place);
      area.x = Math.min(area.x, x);
      area.y = Math.min(area.y, y);
      area.right = Math.max(area.right, x + 1);
      area.bottom = Math.max(area.bottom, y + 1);
    }
    return this.cores.count === 0 ? { x: 0, y: 0, right: this.width, bottom: this.height } : area;
  }
}

// SPDX-License-Identifier: Apache-2.0
// The other end of core/profile/page_packing.h: base64 of LEB128 numbers.

class Reader {
  constructor(text) {
    const bytes = atob(text);
    this.bytes = Uint8Array.from(bytes, (c) => c.charCodeAt(0));
    this.next = 0;
  }

  // Exact up to 2^53; shifts would stop at 32 bits.
  leb128() {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.next++];
      if (byte === undefined) {
        throw new Error("packed data end early");
      }
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        return value;
      }
      scale *= 128;
    }
  }

  list(count) {
    const values = new Float64Array(count);
    let last = 0;
    for (let i = 0; i < count; ++i) {
      const zigzag = this.leb128();
      last += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      values[i] = last;
    }
    return values;
  }
}

export function unpackList(text, count) {
  return new Reader(text).list(count);
}

// Rows of counts by bin with their totals; a row of nothing is empty.
export function unpackRows(text, count) {
  const reader = new Reader(text);
  const rows = [];
  const totals = new Float64Array(count);
  for (let i = 0; i < count; ++i) {
    rows.push(reader.list(reader.leb128()));
    totals[i] = rows[i].reduce((sum, value) => sum + value, 0);
  }
  return { rows, totals };
}

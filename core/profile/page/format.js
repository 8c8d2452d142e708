// SPDX-License-Identifier: Apache-2.0
// Numbers and places as text.

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export const formatCount = (value) => whole.format(value);

// Three significant digits: 0.0123, 1.23, 12.3, 123, 12,345.
export function formatNumber(value) {
  if (value === 0 || Math.abs(value) >= 100) {
    return whole.format(value);
  }
  return new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 }).format(value);
}

function withPrefix(value, prefixes) {
  for (const [factor, prefix] of prefixes) {
    if (Math.abs(value) >= factor) {
      return [formatNumber(value / factor), prefix];
    }
  }
  return [formatNumber(value), ""];
}

// 1,234 stays; 12,345 is 12.3 k.
export function formatShort(value) {
  if (Math.abs(value) < 10000) {
    return formatNumber(value);
  }
  return withPrefix(value, [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]).join("\u202f");
}

export function formatQuantity(value, unit) {
  if (value === 0) {
    return `0 ${unit}`;
  }
  const prefixes = [[1, ""], [1e-3, "m"], [1e-6, "\u00b5"], [1e-9, "n"], [1e-12, "p"]];
  const [number, prefix] = withPrefix(value, prefixes);
  return `${number} ${prefix}${unit}`;
}

export const formatShare = (part, all) => `${formatNumber(all > 0 ? (100 * part) / all : 0)} %`;

export const formatPlace = ({ x, y }) => `(${x}, ${y})`;

export const plural = (count, word) => `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;

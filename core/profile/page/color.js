// SPDX-License-Identifier: Apache-2.0
// Colours that colour-blind eyes can tell apart. Loads: viridis (S. van der Walt and N. Smith, 2015,
// CC0; the samples of core/stats/color_map.h), turned round on a light page, so that more always
// stands out from the ground. Layers: Paul Tol's "muted" scheme (SRON/EPS/TN/09-002, 2021), in an
// order that sets neighbouring layers apart; more than nine layers are samples of viridis, by depth.

const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21908c", "#27ad81", "#5dc863",
                 "#aadc32", "#fde725"].map(parseHex);
const MUTED = ["#332288", "#44aa99", "#cc6677", "#ddcc77", "#88ccee", "#aa4499", "#999933",
               "#882255", "#117733"];
const MUTED_ON_DARK = ["#6f7fe0", "#44aa99", "#e0788a", "#ddcc77", "#88ccee", "#c866b8", "#b3b34d",
                       "#d45087", "#3ea65c"];
const STEPS = 256;

function parseHex(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function viridis(fraction) {
  const at = Math.min(Math.max(fraction, 0), 1) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const mixed = VIRIDIS[low].map((from, i) =>
    Math.round(from + (VIRIDIS[low + 1][i] - from) * (at - low)));
  return `rgb(${mixed.join(",")})`;
}

const darkQuery = window.matchMedia("(prefers-color-scheme: dark)");
export const isDark = () => darkQuery.matches;
export const onThemeChange = (listener) => darkQuery.addEventListener("change", listener);
export const themeColor = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// The brightest yellow is lost on white, the darkest blue on black.
const LOADS_ON_LIGHT = Array.from({ length: STEPS }, (_, i) => viridis(0.94 * (1 - i / (STEPS - 1))));
const LOADS_ON_DARK = Array.from({ length: STEPS }, (_, i) => viridis(0.1 + (0.9 * i) / (STEPS - 1)));

// Of 0..1.
export function loadColor(fraction) {
  const step = Math.round(Math.min(Math.max(fraction, 0), 1) * (STEPS - 1));
  return (isDark() ? LOADS_ON_DARK : LOADS_ON_LIGHT)[step];
}

// Whether dark text reads better on loadColor(fraction).
export const wantsDarkText = (fraction) => (isDark() ? fraction > 0.5 : fraction < 0.45);

export function layerColor(layer, count) {
  const palette = isDark() ? MUTED_ON_DARK : MUTED;
  return count <= palette.length ? palette[layer] : viridis(0.05 + (0.9 * layer) / (count - 1));
}

// SPDX-License-Identifier: Apache-2.0
// All time, or one bin of it: a slider as wide as the chart above it, and a button that plays.
import { timeChart } from "./charts.js";
import { binName } from "./core_details.js";
import { byId } from "./dom.js";
import { formatNumber, plural } from "./format.js";
import { ALL_TIME } from "./model.js";

const PLAY_MILLISECONDS = 100;

export function setUpTimeBar(model, store) {
  const slider = byId("bin");
  const play = byId("play");
  const { bins, ticks_per_bin, measured_ticks_per_bin } = model.time;
  const sent = model.sumByBin(model.cores.sent);
  const ofHost = model.sumByBin(model.cores.ofHost);
  timeChart(byId("time-chart"), model, store, [sent, ofHost]);

  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.setAttribute("aria-pressed", "false");
    play.setAttribute("aria-label", "Play");
  };
  const step = () => store.set({ bin: (store.state.bin + 1) % bins });
  play.onclick = () => {
    if (timer !== null) {
      stop();
      return;
    }
    timer = setInterval(step, PLAY_MILLISECONDS);
    play.setAttribute("aria-pressed", "true");
    play.setAttribute("aria-label", "Pause");
    step();
  };
  slider.max = String(Math.max(bins - 1, 0));
  slider.oninput = () => { stop(); store.set({ bin: Number(slider.value) }); };
  byId("all-time").onclick = () => { stop(); store.set({ bin: ALL_TIME }); };

  const show = ({ bin }) => {
    byId("all-time").setAttribute("aria-pressed", String(bin === ALL_TIME));
    slider.classList.toggle("unset", bin === ALL_TIME);
    slider.value = String(Math.max(bin, 0));
    const packets = bin === ALL_TIME ? sent.reduce((a, b) => a + b, 0) : sent[bin];
    byId("bin-name").textContent =
      `${binName(model, bin)}: ${formatNumber(model.perTick(packets ?? 0, bin))} packets a tick ` +
      "between cores";
  };
  store.subscribe((state, change) => { if ("bin" in change) show(state); });
  show(store.state);
  byId("bins-kept").textContent = `${plural(bins, "bin")} of ${plural(ticks_per_bin, "tick")}` +
    (ticks_per_bin > measured_ticks_per_bin
      ? `, merged from bins of ${measured_ticks_per_bin} to keep this page small` : "");
}

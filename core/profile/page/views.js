// SPDX-License-Identifier: Apache-2.0
// What the map can show: for each view its name and what its colours count, per core or per link,
// as packets in a bin; and the scale from packets a tick to 0..1.

export function makeViews(model) {
  const { cores, links } = model;
  const of = (series) => (number, bin) => model.packets(series, number, bin);
  const received = (core, bin) =>
    model.packets(cores.received, core, bin) + model.packets(cores.ofHost, core, bin);
  const handled = (core, bin) => model.packets(cores.sent, core, bin) + received(core, bin);
  const views = {
    layer: { name: "Layer", count: cores.count, packets: handled,
             about: "Filled part of a core: packets it sent and received" },
    sent: { name: "Sent", count: cores.count, packets: of(cores.sent),
            about: "Packets a core sent to cores, a tick" },
    received: { name: "Received", count: cores.count, packets: received,
                about: "Packets a core received, the host\u2019s included, a tick" },
    links: { name: "Links", count: links.count, packets: of(links.carried),
             about: "Packets a link carried, a tick: wider is more. Traffic keeps to the right" },
  };
  for (const view of Object.values(views)) {
    view.most = model.mostPerTick(view.count, view.packets);
  }
  return views;
}

// Below a thousandth of the most, a logarithmic scale tells no more loads apart.
const LOG_RANGE = 1000;

export function fractionOf(rate, most, logarithmic) {
  const linear = most > 0 ? Math.min(rate / most, 1) : 0;
  return logarithmic ? Math.log1p(linear * LOG_RANGE) / Math.log1p(LOG_RANGE) : linear;
}

// The rate whose fraction is given: the other way round, for the legend.
export function rateAt(fraction, most, logarithmic) {
  const linear = logarithmic
    ? Math.expm1(fraction * Math.log1p(LOG_RANGE)) / LOG_RANGE
    : fraction;
  return fraction === 1 ? most : linear * most;  // exactly, after the logarithm too
}

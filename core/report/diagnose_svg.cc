// SPDX-License-Identifier: Apache-2.0
#include "core/report/diagnose_svg.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/strings.h"
#include "core/report/svg_text.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

// Pixels. A panel is a row: name, bars, histogram, accuracy.
constexpr double kWidth = 940.0;
constexpr double kMargin = 20.0;
constexpr double kTop = 108.0;
constexpr double kPanelHeight = 96.0;
constexpr double kPanelGap = 8.0;
constexpr double kBarsLeft = 316.0;
constexpr double kBarLength = 130.0;
constexpr double kBarHeight = 14.0;
constexpr double kBarStep = 24.0;
constexpr double kHistogramLeft = 546.0;
constexpr double kHistogramWidth = 200.0;
constexpr double kHistogramHeight = 54.0;
constexpr double kAccuracyLeft = 782.0;
constexpr double kAccuracyLength = 104.0;
constexpr double kLineHeight = 17.0;
constexpr const char* kInk = "#2c728e";
constexpr const char* kWarningInk = "#b5432a";
constexpr const char* kGround = "#e4e8ec";

struct Bar {
  const char* label;
  std::optional<double> share;
  std::string text;
};

std::string FormatRectangle(SvgPoint at, double width, double height, const char* fill) {
  return Concat("<rect x=\"", at.x, "\" y=\"", at.y, "\" width=\"", width, "\" height=\"", height,
                "\" fill=\"", fill, "\"/>\n");
}

// A bar from 0 to 1 with its name on the left and its number on the right.
std::string FormatBar(const Bar& bar, SvgPoint at) {
  std::string text = SvgText({at.x - 8.0, at.y + 11.0}, "end", bar.label);
  text += FormatRectangle(at, kBarLength, kBarHeight, kGround);
  if (bar.share) {
    const double share = std::clamp(*bar.share, 0.0, 1.0);
    text += FormatRectangle(at, kBarLength * share, kBarHeight, kInk);
  }
  return text + SvgText({at.x + kBarLength + 8.0, at.y + 11.0}, "start", bar.text);
}

std::string FormatBars(const LayerAgreement& layer) {
  const auto share_text = [](const std::optional<double>& share) {
    return share ? FormatShare(*share) : std::string("-");
  };
  const std::array<Bar, 3> bars = {
      {{"correlation with float", layer.correlation,
        layer.correlation ? FormatNumber(*layer.correlation) : "-"},
       {"bits equal to float", layer.equal_bits, share_text(layer.equal_bits)},
       {"chip equal", layer.chip_equal(), share_text(layer.chip_equal())}}};
  std::string text;
  double top = 16.0;
  for (const Bar& bar : bars) {
    text += FormatBar(bar, {kBarsLeft, top});
    top += kBarStep;
  }
  return text;
}

// The heights are square roots, so that few neurons beside many are seen.
std::string FormatHistogram(const LayerAgreement& layer) {
  const double width = kHistogramWidth / static_cast<double>(kRateBins);
  const double bottom = 16.0 + kHistogramHeight;
  const std::int64_t most =
      std::max<std::int64_t>(1, *std::ranges::max_element(layer.neurons_by_rate));
  std::string text = FormatRectangle({kHistogramLeft, bottom}, kHistogramWidth, 1.0, "#444");
  for (std::size_t bin = 0; bin < kRateBins; ++bin) {
    const double share =
        static_cast<double>(layer.neurons_by_rate[bin]) / static_cast<double>(most);
    const double height = kHistogramHeight * std::sqrt(share);
    if (height > 0.0) {
      text += FormatRectangle({kHistogramLeft + width * static_cast<double>(bin), bottom - height},
                              width - 1.0, height, kInk);
    }
  }
  text += SvgText({kHistogramLeft, bottom + 14.0}, "start", "0");
  text += SvgText({kHistogramLeft + kHistogramWidth, bottom + 14.0}, "end", "1");
  return text + SvgText({kHistogramLeft + kHistogramWidth / 2.0, bottom + 14.0}, "middle",
                        Concat("mean ", FormatNumber(layer.spike_rate)));
}

// The accuracy from this layer on; a mark where the float network is.
std::string FormatAccuracy(const DiagnoseReport& report, const LayerAgreement& layer, bool loses) {
  const double top = 40.0;
  std::string text = FormatRectangle({kAccuracyLeft, top}, kAccuracyLength, kBarHeight, kGround);
  if (layer.accuracy) {
    text += FormatRectangle({kAccuracyLeft, top}, kAccuracyLength * *layer.accuracy, kBarHeight,
                            loses ? kWarningInk : kInk);
  }
  const double mark = kAccuracyLeft + kAccuracyLength * report.accuracy_float;
  text += Concat("<path d=\"M", mark, " ", top - 4.0, "v", kBarHeight + 8.0,
                 "\" stroke=\"#000\" stroke-width=\"2\"/>\n");
  return text + SvgText({kAccuracyLeft, top - 8.0}, "start",
                        layer.accuracy ? FormatPercent(*layer.accuracy) : "-");
}

std::string FormatNames(const LayerAgreement& layer, bool loses, bool differs) {
  std::string name = PrintableName(layer.name);
  constexpr std::size_t kNameMax = 24;
  if (name.size() > kNameMax) {
    name = Concat(name.substr(0, kNameMax - 3), "...");
  }
  std::string text = SvgText({12.0, 26.0}, "start", name, "font-size=\"13\" font-weight=\"bold\"");
  text += SvgText({12.0, 43.0}, "start", Concat(FormatCount(layer.neurons), " neurons"));
  text += SvgText(
      {12.0, 60.0}, "start",
      Concat(FormatCount(layer.dead), " dead, ", FormatCount(layer.saturated), " saturated"));
  const std::string warning = Concat("fill=\"", kWarningInk, "\" font-weight=\"bold\"");
  if (loses || differs) {
    text += SvgText({12.0, 77.0}, "start",
                    differs ? (loses ? "loses accuracy; chip differs" : "chip differs")
                            : "first layer that loses accuracy",
                    warning);
  }
  return text;
}

std::string FormatPanel(const DiagnoseReport& report, const LayerAgreement& layer, double top) {
  const bool loses = &layer == FirstLoss(report);
  const bool differs = layer.differing > 0;
  return Concat("<g transform=\"translate(", kMargin, " ", top, ")\">\n<rect width=\"",
                kWidth - 2.0 * kMargin, "\" height=\"", kPanelHeight, "\" fill=\"none\" stroke=\"",
                loses || differs ? kWarningInk : "#aaa", "\"/>\n",
                FormatNames(layer, loses, differs), FormatBars(layer), FormatHistogram(layer),
                FormatAccuracy(report, layer, loses), "</g>\n");
}

std::string FormatHeading(const DiagnoseReport& report, const std::string& title) {
  std::string text =
      SvgText({kMargin, kMargin + 12.0}, "start", title, "font-size=\"16\" font-weight=\"bold\"");
  text +=
      SvgText({kMargin, kMargin + 32.0}, "start",
              Concat(FormatCount(report.images), report.images == 1 ? " image" : " images",
                     ": accuracy ", FormatPercent(report.accuracy_float), " in floating point, ",
                     FormatPercent(report.accuracy_spiking), " as spiking network, ",
                     FormatPercent(report.accuracy_chip), " on the chip"));
  double line = kMargin + 32.0 + kLineHeight;
  for (const std::string& finding : FindingsOf(report)) {
    text += SvgText({kMargin, line}, "start", finding);
    line += kLineHeight;
  }
  const double heads = kTop - 4.0;
  text +=
      SvgText({kMargin + kHistogramLeft, heads}, "start", "neurons by spikes a tick (root scale)");
  return text + SvgText({kMargin + kAccuracyLeft, heads}, "start", "accuracy from here");
}

}  // namespace

std::string FormatDiagnosisSvg(const DiagnoseReport& report, const std::string& title) {
  const double panels = static_cast<double>(report.layers.size());
  const double height = kTop + panels * (kPanelHeight + kPanelGap) + kLineHeight + kMargin;
  std::string text = Concat("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", kWidth,
                            "\" height=\"", height, "\" viewBox=\"0 0 ", kWidth, " ", height,
                            "\" font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n",
                            "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
  text += FormatHeading(report, title);
  double top = kTop + 4.0;
  for (const LayerAgreement& layer : report.layers) {
    text += FormatPanel(report, layer, top);
    top += kPanelHeight + kPanelGap;
  }
  text +=
      SvgText({kMargin, top + 10.0}, "start",
              "Accuracy from here: of the float network that goes on from the spiking network's "
              "activations of this layer and those before; black mark: of the float network.");
  return text + "</svg>\n";
}

}  // namespace spikemesh

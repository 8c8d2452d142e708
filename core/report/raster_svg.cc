// SPDX-License-Identifier: Apache-2.0
#include "core/report/raster_svg.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "core/base/status.h"
#include "core/base/strings.h"
#include "core/report/svg_text.h"
#include "core/report/text_table.h"

namespace spikemesh {
namespace {

// The plot in pixels; margins hold the axes.
constexpr double kPlotWidth = 800.0;
constexpr double kPlotHeight = 500.0;
constexpr double kMarginLeft = 150.0;
constexpr double kMarginTop = 44.0;
constexpr double kMarginRight = 24.0;
constexpr double kMarginBottom = 52.0;
constexpr std::size_t kInkSteps = 4;
constexpr std::int64_t kTimeMarksMax = 10;
constexpr double kBandLabelHeight = 12.0;

// 1, 2 or 5 times a power of ten: the least such step that needs at most kTimeMarksMax marks.
std::int64_t TimeStep(std::int64_t ticks) {
  for (std::int64_t power = 1;; power *= 10) {
    for (const std::int64_t digit : {1, 2, 5}) {
      if (ticks / (digit * power) <= kTimeMarksMax) {
        return digit * power;
      }
    }
  }
}

}  // namespace

RasterPicture::RasterPicture(Tick last, std::vector<RasterBand> bands)
    : ticks_(last.value()), bands_(std::move(bands)) {
  for (const RasterBand& band : bands_) {
    neurons_ += band.neurons;
  }
  SPIKEMESH_CHECK(ticks_ >= 1 && neurons_ >= 1);
  columns_ = std::min(ticks_, kRasterColumnsMax);
  rows_ = std::min(neurons_, kRasterRowsMax);
  cells_.resize(static_cast<std::size_t>(columns_ * rows_));
}

void RasterPicture::Add(Tick tick, std::int64_t row) {
  if (tick.value() < 1 || tick.value() > ticks_ || row < 0 || row >= neurons_) {
    return;
  }
  const std::int64_t cell_x = (tick.value() - 1) * columns_ / ticks_;
  const std::int64_t cell_y = row * rows_ / neurons_;
  std::uint32_t& cell = cells_[static_cast<std::size_t>(cell_y * columns_ + cell_x)];
  cell += cell == UINT32_MAX ? 0 : 1;
  ++spikes_;
}

// One path an ink step, each a chain of one-cell-high bars: runs of equal ink are one bar.
std::string RasterPicture::FormatCells() const {
  const std::uint64_t fullest = std::max<std::uint64_t>(1, *std::ranges::max_element(cells_));
  std::array<std::string, kInkSteps> paths;
  for (std::int64_t y = 0; y < rows_; ++y) {
    for (std::int64_t x = 0; x < columns_;) {
      const auto ink = [&](std::int64_t at) {
        const std::uint64_t count = cells_[static_cast<std::size_t>(y * columns_ + at)];
        return count == 0 ? kInkSteps : (count - 1) * kInkSteps / fullest;
      };
      const std::size_t step = ink(x);
      const std::int64_t begin = x;
      while (x < columns_ && ink(x) == step) {
        ++x;
      }
      if (step < kInkSteps) {
        paths[step] += Concat("M", begin, " ", y, "h", x - begin, "v1h-", x - begin, "z");
      }
    }
  }
  std::string text = Concat("<g transform=\"translate(", kMarginLeft, " ", kMarginTop, ") scale(",
                            kPlotWidth / static_cast<double>(columns_), " ",
                            kPlotHeight / static_cast<double>(rows_), ")\" fill=\"#123a7a\">\n");
  const bool one_ink = fullest == 1;
  for (std::size_t step = 0; step < kInkSteps; ++step) {
    const double opacity =
        one_ink ? 1.0 : static_cast<double>(step + 1) / static_cast<double>(kInkSteps);
    if (!paths[step].empty()) {
      text += Concat("<path fill-opacity=\"", opacity, "\" d=\"", paths[step], "\"/>\n");
    }
  }
  return text + "</g>\n";
}

std::string RasterPicture::FormatTimeAxis() const {
  const double bottom = kMarginTop + kPlotHeight;
  std::string text;
  const std::int64_t step = TimeStep(ticks_);
  for (std::int64_t tick = step; tick <= ticks_; tick += step) {
    const double x =
        kMarginLeft + kPlotWidth * (static_cast<double>(tick) - 0.5) / static_cast<double>(ticks_);
    text += Concat("<path d=\"M", x, " ", bottom, "v5\" stroke=\"#444\"/>\n");
    text += SvgText({x, bottom + 18.0}, "middle", FormatCount(tick));
  }
  return text + SvgText({kMarginLeft + kPlotWidth / 2.0, bottom + 40.0}, "middle", "tick");
}

// A line where a band begins, and its name where there is room for it.
std::string RasterPicture::FormatBands() const {
  std::string text;
  std::int64_t first = 0;
  double labelled_to = 0.0;
  for (const RasterBand& band : bands_) {
    const auto y_of = [&](std::int64_t row) {
      return kMarginTop + kPlotHeight * static_cast<double>(row) / static_cast<double>(neurons_);
    };
    const double top = y_of(first);
    const double middle = (top + y_of(first + band.neurons)) / 2.0 + 4.0;
    if (middle >= labelled_to + kBandLabelHeight) {
      text += Concat("<path d=\"M", kMarginLeft, " ", top, "h-5\" stroke=\"#444\"/>\n");
      text += SvgText({kMarginLeft - 8.0, middle}, "end", band.name.substr(0, 20));
      labelled_to = middle;
    }
    first += band.neurons;
  }
  return text;
}

std::string RasterPicture::FormatSvg(const std::string& title) const {
  const double width = kMarginLeft + kPlotWidth + kMarginRight;
  const double height = kMarginTop + kPlotHeight + kMarginBottom;
  std::string text = Concat("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", width,
                            "\" height=\"", height, "\" viewBox=\"0 0 ", width, " ", height,
                            "\" font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n",
                            "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
  text += SvgText({kMarginLeft, 20.0}, "start", title);
  text +=
      SvgText({kMarginLeft, 36.0}, "start",
              Concat(FormatCount(spikes_), " spikes of ", FormatCount(neurons_), " neurons in ",
                     FormatCount(ticks_), " ticks; the darker, the more neurons of a row fired"));
  text += FormatCells() + FormatTimeAxis() + FormatBands();
  return text + Concat("<rect x=\"", kMarginLeft, "\" y=\"", kMarginTop, "\" width=\"", kPlotWidth,
                       "\" height=\"", kPlotHeight, "\" fill=\"none\" stroke=\"#444\"/>\n</svg>\n");
}

}  // namespace spikemesh

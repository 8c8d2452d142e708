// SPDX-License-Identifier: Apache-2.0
// `spikemesh profile --html`: the page as a browser shows it. Where no Chromium is installed those
// tests are skipped; the data of the page are tested in tests/core/profile.
#include <cstdlib>
#include <filesystem>
#include <string>

#include "converters/mapping/map_network.h"
#include "core/chip/chip_file.h"
#include "core/report/text_table.h"
#include "tests/apps/command_fixture.h"

namespace spikemesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kBrowsers[] = {"chromium", "chromium-browser", "google-chrome"};
constexpr std::size_t kPageBytesMax = 3'000'000;

constexpr const char* kBrowserFlags =
    " --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars"
    " --window-size=1400,1000 --virtual-time-budget=2000 --user-data-dir=\"$PWD/browser\"";

// In a folder, with the folder as home.
bool Succeeds(const std::string& folder, const std::string& command) {
  const std::string all = "cd '" + folder + "' && export HOME=\"$PWD\" && " + command;
  return ::pclose(::popen(all.c_str(), "r")) == 0;
}

// The first that opens an empty page, or nothing.
std::string FindBrowser(const std::string& folder) {
  for (std::string browser : kBrowsers) {
    if (Succeeds(folder, "command -v " + browser + " >/dev/null && timeout 100 " + browser +
                             kBrowserFlags + " --dump-dom about:blank >/dev/null 2>&1")) {
      return browser;
    }
  }
  return "";
}

// Width or height out of the header of a PNG file.
std::uint32_t BigEndian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return value;
}

class ProfilePageTest : public CommandTest {
 protected:
  // The page as it stands when its script has ended, with a screenshot beside it.
  std::string Open(const std::string& browser, const std::string& page) const {
    EXPECT_TRUE(Succeeds(Path(""), "timeout 250 " + browser + kBrowserFlags +
                                       " --screenshot=shot.png --dump-dom \"file://$PWD/" + page +
                                       "\" >dom.html 2>browser.log"))
        << Read("browser.log");
    return Read("dom.html");
  }

  // All that the page found is drawn.
  void ExpectDrawn(const std::string& dom) const {
    EXPECT_THAT(dom, HasSubstr("data-ready=\"ok\"")) << dom.substr(0, 3000);
    EXPECT_THAT(dom, HasSubstr("id=\"problem\" role=\"alert\" hidden"));
    const std::string shot = Read("shot.png");
    ASSERT_THAT(shot, StartsWith("\x89PNG"));
    EXPECT_EQ(BigEndian(shot, 16), 1400u);
    // An empty page takes 6 kB.
    EXPECT_GT(shot.size(), 60'000u);
    if (const char* const keep = std::getenv("SPIKEMESH_SCREENSHOTS")) {
      const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
      std::filesystem::copy_file(Path("shot.png"), std::string(keep) + "/" + test->name() + ".png",
                                 std::filesystem::copy_options::overwrite_existing);
    }
  }
};

TEST_F(ProfilePageTest, IsWrittenBesideTheReport) {
  const CommandResult profile =
      Run("profile digits.chip --dataset digits --images 5 --html p.html --json p.json");
  ASSERT_EQ(profile.status, 0) << profile.err;
  EXPECT_THAT(profile.out, HasSubstr("hottest links"));
  const std::string page = Read("p.html");
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr(R"("schema":"spikemesh.page/1")"));
  EXPECT_LT(page.size(), kPageBytesMax);
  // What the page is made of changes nothing of the rest.
  ASSERT_EQ(Run("profile digits.chip --dataset digits --images 5 --json q.json").status, 0);
  for (const char* const key : {"latency_cycles", "links", "layers", "hops", "energy"}) {
    EXPECT_EQ(ReadJson("p.json")[key], ReadJson("q.json")[key]) << key;
  }
}

TEST_F(ProfilePageTest, IsRefusedWhereItMeansNothingOrCannotBeWritten) {
  EXPECT_EQ(Run("profile --pattern uniform --html p.html").status, 2);
  const std::string profile = "profile digits.chip --dataset digits --images 5 ";
  const CommandResult same = Run(profile + "--html x --json x");
  EXPECT_EQ(same.status, 1);
  EXPECT_THAT(same.err, HasSubstr("--html"));
  EXPECT_EQ(Run(profile + "--html none/p.html").status, 1);
  EXPECT_EQ(Run(profile + "--html digits.chip").status, 1);
}

// The default chip of 64 x 64 cores, and names that would break out of a careless page.
TEST_F(ProfilePageTest, OpensInABrowserAtOneChip) {
  const std::string browser = FindBrowser(Path(""));
  if (browser.empty()) {
    GTEST_SKIP() << "no Chromium that starts";
  }
  SpikingNetwork network = DigitsNetwork();
  network.name = "</script><b id='broken'>net";
  network.layers[0].name = "<img src=x onerror=\"document.title='broken'\">";
  const absl::StatusOr<MappedNetwork> mapped = MapNetwork(network, {});
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  ASSERT_TRUE(WriteChipFile(mapped->chip, Path("hostile.chip")).ok());
  ASSERT_EQ(
      Run("profile hostile.chip --dataset digits --images 30 --html p.html --json p.json").status,
      0);
  const std::string dom = Open(browser, "p.html");
  ExpectDrawn(dom);
  EXPECT_THAT(dom, HasSubstr("<h1 id=\"model\">&lt;/script&gt;&lt;b id='broken'&gt;net</h1>"));
  EXPECT_THAT(dom, Not(HasSubstr("<img")));
  EXPECT_THAT(dom, Not(HasSubstr("<title>broken")));
  const Json report = ReadJson("p.json");
  EXPECT_THAT(dom, HasSubstr("of 64 \u00d7 64"));
  EXPECT_THAT(
      dom, HasSubstr("<td class=\"number\">" +
                     FormatCount(report["hottest"][0]["load_peak"].get<std::int64_t>()) + "</td>"));
  EXPECT_THAT(dom, HasSubstr("Every spike arrived within its tick."));
}

TEST_F(ProfilePageTest, OpensInABrowserAtFourChips) {
  const std::string browser = FindBrowser(Path(""));
  if (browser.empty()) {
    GTEST_SKIP() << "no Chromium that starts";
  }
  Write("four.json",
        R"({"schema":"spikemesh.chipspec/1","cores_x":4,"cores_y":4,"chips_x":2,"chips_y":2})");
  const CommandResult convert = Run("convert " SPIKEMESH_SOURCE_DIR
                                    "/networks/models/mnist-small.onnx --chip four.json -o n.chip");
  ASSERT_EQ(convert.status, 0) << convert.err;
  ASSERT_EQ(Run("profile n.chip --dataset digits --images 30 --html p.html --json p.json").status,
            0);
  const std::string dom = Open(browser, "p.html");
  ExpectDrawn(dom);
  EXPECT_THAT(dom, HasSubstr("4 chips of 4 \u00d7 4"));
  EXPECT_THAT(dom, HasSubstr("Over the edges of chips"));
  const Json edges = ReadJson("p.json")["chip_edges"];
  ASSERT_FALSE(edges.empty());
  EXPECT_THAT(dom, HasSubstr("chip (" + edges[0]["chip_x"].dump() + ", " +
                             edges[0]["chip_y"].dump() + ")"));
}

// With 40 cycles a tick some spikes miss theirs; the page says which and why.
TEST_F(ProfilePageTest, TellsInABrowserOfLateSpikes) {
  const std::string browser = FindBrowser(Path(""));
  if (browser.empty()) {
    GTEST_SKIP() << "no Chromium that starts";
  }
  Write("fast.json", R"({"cycles_per_tick": 40})");
  ASSERT_EQ(Run("profile digits.chip --dataset digits --images 30 --router-config fast.json "
                "--html p.html --json p.json")
                .status,
            0);
  const Json late = ReadJson("p.json")["late"];
  ASSERT_GT(late["count"], 0);
  const std::string dom = Open(browser, "p.html");
  ExpectDrawn(dom);
  EXPECT_THAT(dom,
              HasSubstr(FormatCount(late["count"].get<std::int64_t>()) + " spikes missed their"));
  EXPECT_THAT(dom, HasSubstr("waiting in the mesh"));
}

}  // namespace
}  // namespace spikemesh

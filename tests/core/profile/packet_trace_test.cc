// SPDX-License-Identifier: Apache-2.0
#include "core/profile/packet_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/random.h"
#include "core/base/strings.h"

namespace spikemesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr CoreCoordinates kFirst = {0, 0};
constexpr CoreCoordinates kSecond = {1, 0};
constexpr CoreCoordinates kLast = {3, 1};
constexpr CoreCoordinates kNone = {3, 0};

// Cores at (0, 0) and (1, 0) of layer "a", at (3, 1) of layer "b", at (3, 0) of none.
ChipModel FourCores() {
  ChipModel chip;
  chip.name = "four";
  chip.spec.mesh = {.cores_x = 4, .cores_y = 2};
  for (const CoreCoordinates at : {kFirst, kSecond, kNone, kLast}) {
    chip.cores.emplace_back().at = at;
  }
  chip.provenance.layers = {"a", "b \"quoted\""};
  chip.provenance.core_layer = {0, 0, -1, 1};
  return chip;
}

// A packet to itself takes 5 cycles, a hop 3 more; a tick has 20.
constexpr RouterParameters kRouter = {.fifo_depth = 2, .cycles_per_tick = 20};
constexpr std::int64_t kEnough = 1000;

class PacketTraceTest : public ::testing::Test {
 protected:
  void Send(CoreCoordinates from, CoreCoordinates to, std::int32_t cycle = 0) {
    transport_.Send(from, to, cycle, transport_.next_tick(), 0);
  }
  void RunTick() {
    const auto arrivals = transport_.RunTick();
    for (PacketTrace* trace : traces_) {
      trace->Look(transport_, arrivals);
    }
  }
  void Tick(std::initializer_list<std::pair<CoreCoordinates, CoreCoordinates>> packets) {
    for (const auto& [from, to] : packets) {
      Send(from, to);
    }
    RunTick();
  }

  // The whole text as a viewer reads it.
  static Json Parsed(const PacketTrace& trace) { return *ParseJson(trace.Format().json); }
  static std::vector<Json> Events(const PacketTrace& trace, const std::set<std::string>& phases) {
    std::vector<Json> found;
    const Json text = Parsed(trace);
    for (const Json& event : text["traceEvents"]) {
      if (phases.contains(event["ph"].get<std::string>())) {
        found.push_back(event);
      }
    }
    return found;
  }

  ChipModel chip_ = FourCores();
  CycleTransport transport_{chip_.spec.mesh, kRouter};
  PacketTrace trace_{chip_, kEnough};
  std::vector<PacketTrace*> traces_ = {&trace_};
};

// Threads: 6 the ticks, 7 and 8 the host's rows, then out and in of every place, row-major.
TEST_F(PacketTraceTest, APacketIsTwoSlicesAndAnArrow) {
  Send(kFirst, kLast, 2);  // four hops: arrives in cycle 2 + 5 + 4 * 3, the last of the tick
  RunTick();
  const Json expected = Json::parse(R"json([
    {"ph":"X","pid":1,"tid":6,"ts":0,"dur":20,"name":"tick 0","args":{"packets":1,"late":0}},
    {"ph":"X","pid":1,"tid":6,"ts":2,"dur":18,"name":"packets under way"},
    {"ph":"X","pid":3,"tid":9,"ts":2,"dur":1,"name":"to (3,1)","args":{"waited":0}},
    {"ph":"s","id":1,"pid":3,"tid":9,"ts":2.5,"name":"packet"},
    {"ph":"X","pid":4,"tid":24,"ts":19,"dur":1,"name":"from (0,0)","args":{"latency":17}},
    {"ph":"f","bp":"e","id":1,"pid":4,"tid":24,"ts":19.5,"name":"packet"},
    {"ph":"C","pid":3,"name":"packets a tick","ts":0,"args":{"sent":1,"received":0}},
    {"ph":"C","pid":4,"name":"packets a tick","ts":0,"args":{"sent":0,"received":1}},
    {"ph":"C","pid":3,"name":"packets a tick","ts":20,"args":{"sent":0,"received":0}},
    {"ph":"C","pid":4,"name":"packets a tick","ts":20,"args":{"sent":0,"received":0}},
    {"ph":"C","pid":1,"name":"packets","ts":2,"args":{"under way":1}},
    {"ph":"C","pid":1,"name":"packets","ts":19,"args":{"under way":0}}])json");
  EXPECT_EQ(Json(Events(trace_, {"X", "s", "f", "C"})), expected);
}

TEST_F(PacketTraceTest, LayersAreProcessesAndCoresThreadsInTheirOrder) {
  transport_.SendFromHost(kLast, spikemesh::Tick(0), 0);
  Tick({{kFirst, kLast}, {kNone, kFirst}});
  std::map<std::int64_t, std::string> processes;
  std::map<std::int64_t, std::string> threads;
  for (const Json& event : Events(trace_, {"M"})) {
    const std::string name = event["name"].get<std::string>();
    if (name == "process_name") {
      processes[event["pid"].get<std::int64_t>()] = event["args"]["name"].get<std::string>();
    } else if (name == "thread_name") {
      threads[event["tid"].get<std::int64_t>()] = event["args"]["name"].get<std::string>();
    } else {
      EXPECT_EQ(event["args"]["sort_index"], event[name == "process_sort_index" ? "pid" : "tid"]);
    }
  }
  EXPECT_EQ(processes, (std::map<std::int64_t, std::string>{{1, "mesh (1 us is a router cycle)"},
                                                            {2, "host"},
                                                            {3, "a"},
                                                            {4, "b \"quoted\""},
                                                            {5, "cores of no layer"}}));
  EXPECT_EQ(threads, (std::map<std::int64_t, std::string>{{6, "ticks"},
                                                          {8, "row 1"},
                                                          {9, "core (0,0) out"},
                                                          {10, "core (0,0) in"},
                                                          {15, "core (3,0) out"},
                                                          {24, "core (3,1) in"}}));
  const Json other = Parsed(trace_)["otherData"];
  EXPECT_EQ(other["model"], "four");
  EXPECT_EQ(other["cycles_per_tick"], 20);
  EXPECT_EQ(other["router_cycle_ns"], 1000.0 * chip_.spec.tick_us / 20);
  EXPECT_EQ(other["packets"], 3);
}

// Three packets enter the queue in cycle 0. The router's input has room for two; the first moves on
// in cycle 2 and its credit is back 3 cycles later.
TEST_F(PacketTraceTest, APacketIsDrawnOnceItIsTheFirstOfItsQueue) {
  Tick({{kFirst, kFirst}, {kFirst, kFirst}, {kFirst, kFirst}});
  std::vector<std::pair<std::int64_t, std::int64_t>> starts_and_waits;
  for (const Json& event : Events(trace_, {"X"})) {
    if (event["name"] == "to (0,0)") {
      EXPECT_EQ(event["ts"].get<std::int64_t>() + event["dur"].get<std::int64_t>() - 1,
                event["args"]["waited"].get<std::int64_t>());
      starts_and_waits.push_back(
          {event["ts"].get<std::int64_t>(), event["args"]["waited"].get<std::int64_t>()});
    }
  }
  ASSERT_EQ(starts_and_waits.size(), 3u);
  EXPECT_THAT(starts_and_waits, ElementsAre(std::pair(0, 0), std::pair(1, 1), std::pair(2, 5)));
}

// Four packets of one core: the last leaves in cycle 3 and arrives in cycle 20, a tick too late.
TEST_F(PacketTraceTest, ALatePacketIsMarkedAndExplained) {
  transport_ = CycleTransport(chip_.spec.mesh, {.cycles_per_tick = 20});
  Tick({{kFirst, kLast}, {kFirst, kLast}, {kFirst, kLast}, {kFirst, kLast}});
  Tick({});
  std::vector<Json> late;
  std::vector<Json> late_of_ticks;
  for (const Json& event : Events(trace_, {"X", "s", "f"})) {
    if (event.value("cat", "") == "late") {
      late.push_back(event);
    }
    if (event["pid"] == 1 && event.contains("args")) {
      late_of_ticks.push_back(event["args"]["late"]);
    }
  }
  EXPECT_THAT(late_of_ticks, ElementsAre(0, 1));
  ASSERT_EQ(late.size(), 4u);
  EXPECT_EQ(late[0]["name"], "late to (3,1)");
  EXPECT_EQ(late[0]["ts"], 3);
  EXPECT_EQ(late[1]["ph"], "s");
  EXPECT_EQ(late[2]["name"], "late from (0,0)");
  EXPECT_EQ(late[2]["ts"], 20);
  EXPECT_EQ(late[2]["cname"], "terrible");
  EXPECT_EQ(late[2]["args"]["remark"],
            "core (0,0) to (3,1), sent in tick 0, due in tick 0, arrived in tick 1: 20 cycles, of "
            "which 17 its way takes, 3 in the queue of its source, 0 waiting in the mesh");
  EXPECT_EQ(late[3]["ph"], "f");
}

// What a viewer does with the slices of a thread: each begins and ends within the open one.
class SliceReplay {
 public:
  explicit SliceReplay(const std::vector<Json>& slices) {
    for (const Json& slice : slices) {
      const auto start = slice["ts"].get<double>();
      threads_[slice["tid"].get<std::int64_t>()].push_back(
          {start, -(start + slice["dur"].get<double>())});
    }
    for (auto& [thread, intervals] : threads_) {
      std::ranges::sort(intervals);
      std::vector<double> open_ends;
      for (const auto& [start, minus_end] : intervals) {
        while (!open_ends.empty() && open_ends.back() <= start) {
          open_ends.pop_back();
        }
        EXPECT_TRUE(open_ends.empty() || -minus_end <= open_ends.back())
            << "thread " << thread << " at " << start;
        open_ends.push_back(-minus_end);
      }
    }
  }
  // Slices of the thread that are open at `at`.
  std::int64_t Enclosing(std::int64_t thread, double at) {
    return std::ranges::count_if(threads_[thread], [at](const auto& interval) {
      return interval.first < at && at < -interval.second;
    });
  }

 private:
  std::map<std::int64_t, std::vector<std::pair<double, double>>> threads_;  // start, -end
};

// More than the mesh can carry in time, from everywhere to everywhere.
TEST_F(PacketTraceTest, SlicesNestAndArrowsHaveTwoEnds) {
  const std::vector<CoreCoordinates> cores = {kFirst, kSecond, kNone, kLast};
  RandomSequence random(1, 0);
  for (int tick = 0; tick < 40; ++tick) {
    for (std::int32_t i = 0; i < 10; ++i) {
      Send(cores[random.NextBelow(4)], cores[random.NextBelow(4)], i);
    }
    transport_.SendFromHost(cores[random.NextBelow(4)], transport_.next_tick(), 0);
    RunTick();
  }
  while (!transport_.idle()) {
    RunTick();
  }
  const std::vector<Json> slices = Events(trace_, {"X"});
  SliceReplay replay(slices);
  EXPECT_TRUE(std::ranges::any_of(
      slices, [](const Json& s) { return s["name"] == "to (0,0)" && s["dur"] > 1; }));
  std::map<std::int64_t, std::vector<double>> arrows;  // [id]: start, end
  for (const Json& end : Events(trace_, {"s", "f"})) {
    const auto at = end["ts"].get<double>();
    EXPECT_EQ(replay.Enclosing(end["tid"].get<std::int64_t>(), at), 1);
    std::vector<double>& ends = arrows[end["id"].get<std::int64_t>()];
    EXPECT_EQ(end["ph"], ends.empty() ? "s" : "f");
    ends.push_back(at);
  }
  EXPECT_EQ(arrows.size(), 40u * 11u);
  for (const auto& [id, ends] : arrows) {
    ASSERT_EQ(ends.size(), 2u);
    EXPECT_GE(ends[1] - ends[0], 5.0) << id;
  }
  std::int64_t under_way = 0;
  for (const Json& counter : Events(trace_, {"C"})) {
    if (counter["pid"] == 1) {
      under_way = counter["args"]["under way"].get<std::int64_t>();
      EXPECT_GE(under_way, 0);
    }
  }
  EXPECT_EQ(under_way, 0);
}

TEST_F(PacketTraceTest, TicksWithoutPacketsAreNotCounted) {
  PacketTrace two(chip_, 2);
  traces_ = {&two};
  for (int tick = 0; tick < 4; ++tick) {
    if (tick != 1) {
      Send(kFirst, kSecond);
    }
    RunTick();
  }
  std::vector<std::string> ticks;
  for (const Json& event : Events(two, {"X"})) {
    if (event["name"].get<std::string>().starts_with("tick")) {
      ticks.push_back(event["name"].get<std::string>());
    }
  }
  EXPECT_THAT(ticks, ElementsAre("tick 0", "tick 2"));
  EXPECT_EQ(two.Format().ticks, 2);
  EXPECT_EQ(two.Format().ticks_left_out, 0);
}

TEST_F(PacketTraceTest, WholeTicksUpToTheByteAreWritten) {
  PacketTrace all(chip_, kEnough, 9999);
  traces_ = {&all};
  const auto run = [this] {
    for (int tick = 0; tick < 3; ++tick) {
      Tick({{kFirst, kSecond}, {kSecond, kLast}});
    }
  };
  run();
  const PacketTraceText text = all.Format();
  EXPECT_EQ(text.ticks, 3);
  // As many digits, so that the limit in the text takes no more room.
  ASSERT_GE(text.json.size(), 1000u);
  PacketTrace exact(chip_, kEnough, text.json.size());
  PacketTrace less(chip_, kEnough, text.json.size() - 1);
  PacketTrace none(chip_, kEnough, 400);  // two packets are kept, but not even their tick fits
  traces_ = {&exact, &less, &none};
  transport_ = CycleTransport(chip_.spec.mesh, kRouter);
  run();
  EXPECT_EQ(exact.Format().ticks, 3);
  EXPECT_EQ(exact.Format().json.size(), text.json.size());
  EXPECT_EQ(less.Format().ticks, 2);
  EXPECT_EQ(less.Format().ticks_left_out, 1);
  EXPECT_LT(less.Format().json.size(), text.json.size());
  EXPECT_EQ(Parsed(less)["otherData"]["ticks_left_out"], 1);
  EXPECT_EQ(Parsed(less)["otherData"]["packets"], 4);
  EXPECT_EQ(none.Format().ticks, 0);
  EXPECT_EQ(none.Format().ticks_left_out, 3);
  EXPECT_TRUE(Parsed(none)["traceEvents"].empty());
}

}  // namespace
}  // namespace spikemesh

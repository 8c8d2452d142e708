// SPDX-License-Identifier: Apache-2.0
#include "networks/data/digit_styles.h"

#include <array>

#include "core/base/status.h"

namespace spikemesh {
namespace {

using P = StylePoint;

constexpr P kZeroOval[] = {{0, -100}, {42, -72}, {56, 0},  {42, 74},
                           {0, 100},  {-42, 72}, {-56, 0}, {-42, -74}};
constexpr P kZeroOpen[] = {{22, -88}, {-14, -98}, {-48, -55}, {-52, 30}, {-10, 98},
                           {38, 70},  {54, 0},    {40, -66},  {-8, -96}};
constexpr P kZeroSlashed[] = {{0, -100}, {42, -72}, {56, 0},    {42, 74},  {0, 100},
                              {-42, 72}, {-56, 0},  {-42, -74}, {50, -88}, {-50, 88}};
constexpr DigitStyle kZero[] = {
    {5, "abcdefgha", kZeroOval}, {4, "abcdefghi", kZeroOpen}, {1, "abcdefgha ij", kZeroSlashed}};

constexpr P kOnePlain[] = {{0, -100}, {2, 0}, {0, 100}};
constexpr P kOneFlag[] = {{-34, -58}, {4, -100}, {4, 0}, {2, 100}};
constexpr P kOneFoot[] = {{-36, -62}, {2, -100}, {2, 0}, {2, 94}, {-40, 96}, {44, 94}};
constexpr DigitStyle kOne[] = {
    {6, "abc", kOnePlain}, {3, "ab bcd", kOneFlag}, {1, "ab bcd ef", kOneFoot}};

constexpr P kTwoFlat[] = {{-48, -58}, {-28, -92}, {14, -98}, {46, -58},
                          {22, 2},    {-52, 92},  {2, 90},   {58, 92}};
constexpr P kTwoLoop[] = {{-48, -62}, {-10, -98}, {42, -68}, {18, 4},  {-24, 70},
                          {-54, 84},  {-50, 54},  {-16, 62}, {20, 90}, {62, 72}};
constexpr P kTwoTail[] = {{-46, -70}, {0, -100}, {44, -66}, {20, -4},
                          {-46, 76},  {-10, 74}, {22, 94},  {60, 80}};
constexpr DigitStyle kTwo[] = {
    {5, "abcdef fgh", kTwoFlat}, {3, "abcdefghij", kTwoLoop}, {3, "abcde efgh", kTwoTail}};

constexpr P kThreeRound[] = {{-44, -74}, {-4, -100}, {40, -66}, {22, -20}, {-16, -6},
                             {32, 8},    {50, 48},   {6, 100},  {-52, 74}};
constexpr P kThreeSmooth[] = {{-42, -80}, {2, -100}, {38, -62}, {2, -8},
                              {46, 44},   {4, 100},  {-50, 78}};
constexpr P kThreeFlat[] = {{-44, -94}, {46, -96}, {-8, -22}, {36, 0},
                            {44, 52},   {0, 100},  {-50, 76}};
constexpr P kThreeLoop[] = {{-42, -82}, {0, -100}, {40, -66}, {0, -14}, {-20, -2},
                            {-2, 8},    {30, 4},   {46, 50},  {0, 100}, {-52, 80}};
constexpr DigitStyle kThree[] = {{4, "abcde efghi", kThreeRound},
                                 {4, "abcdefg", kThreeSmooth},
                                 {1, "ab bc cdefg", kThreeFlat},
                                 {2, "abcdefghij", kThreeLoop}};

constexpr P kFourOpen[] = {{-34, -96}, {-52, 12}, {58, 8}, {32, -62}, {28, 100}};
constexpr P kFourClosed[] = {{22, -100}, {-58, 34}, {60, 32}, {20, 100}};
constexpr P kFourCup[] = {{-44, -92}, {-48, -30}, {-22, 6}, {38, -12},
                          {44, -96},  {38, 0},    {30, 100}};
constexpr P kFourHook[] = {{-30, -100}, {-52, 0}, {-20, 10}, {60, 2}, {18, -46}, {10, 100}};
constexpr DigitStyle kFour[] = {{4, "ab bc de", kFourOpen},
                                {2, "ab bc ad", kFourClosed},
                                {3, "abcd efg", kFourCup},
                                {2, "abcd ef", kFourHook}};

constexpr P kFiveCorner[] = {{-32, -94}, {-40, -18}, {6, -34},  {46, 14},
                             {34, 78},   {-12, 100}, {-54, 74}, {50, -96}};
constexpr P kFiveSwung[] = {{52, -92}, {-18, -88}, {-40, -44}, {2, -22},
                            {44, 26},  {20, 88},   {-50, 86}};
constexpr P kFiveHat[] = {{-36, -84}, {-42, -14}, {6, -30},   {46, 18},
                          {30, 82},   {-52, 80},  {-22, -90}, {66, -100}};
constexpr DigitStyle kFive[] = {
    {4, "ab bcdefg ah", kFiveCorner}, {3, "abcdefg", kFiveSwung}, {2, "ab bcdef gh", kFiveHat}};

constexpr P kSixRound[] = {{30, -98}, {-16, -56}, {-46, 12}, {-38, 76}, {2, 100},
                           {42, 68},  {34, 20},   {-4, 8},   {-40, 48}};
constexpr P kSixStraight[] = {{8, -100}, {-38, 14}, {-34, 80}, {12, 98},
                              {40, 52},  {10, 18},  {-36, 54}};
constexpr P kSixCurled[] = {{46, -76}, {14, -100}, {-34, -50}, {-46, 40},
                            {-4, 100}, {42, 60},   {6, 6},     {-44, 34}};
constexpr DigitStyle kSix[] = {
    {4, "abcdefghi", kSixRound}, {3, "abcdefg", kSixStraight}, {2, "abcdefgh", kSixCurled}};

constexpr P kSevenPlain[] = {{-50, -88}, {52, -92}, {12, 0}, {-8, 100}};
constexpr P kSevenBar[] = {{-50, -88}, {52, -92}, {12, 0}, {-8, 100}, {-30, 6}, {46, 0}};
constexpr P kSevenSerif[] = {{-50, -56}, {-46, -92}, {52, -92}, {14, 0}, {-6, 100}};
constexpr P kSevenCurved[] = {{-52, -70}, {-20, -92}, {40, -90}, {38, -40}, {6, 24}, {-4, 100}};
constexpr DigitStyle kSeven[] = {{4, "ab bcd", kSevenPlain},
                                 {3, "ab bcd ef", kSevenBar},
                                 {1, "ab bc cde", kSevenSerif},
                                 {3, "abcdef", kSevenCurved}};

constexpr P kEightCrossed[] = {{34, -68}, {0, -100}, {-34, -66}, {0, -8},
                               {42, 48},  {0, 100},  {-42, 50}};
constexpr P kEightCircles[] = {{0, -100}, {36, -54}, {0, -8},  {-36, -54},
                               {44, 46},  {0, 100},  {-44, 46}};
constexpr P kEightOpen[] = {{40, -80}, {-6, -98}, {-36, -62}, {2, -10},
                            {42, 46},  {0, 100},  {-42, 52},  {42, -92}};
constexpr DigitStyle kEight[] = {{4, "abcdefgda", kEightCrossed},
                                 {2, "abcda cefgc", kEightCircles},
                                 {3, "abcdefgdh", kEightOpen}};

constexpr P kNineStraight[] = {{40, -66}, {4, -98}, {-42, -60}, {-8, -12}, {34, -36}, {30, 100}};
constexpr P kNineCurled[] = {{40, -70}, {2, -100}, {-42, -60}, {-4, -10},
                             {40, -56}, {40, 24},  {12, 96},   {-44, 82}};
constexpr P kNineLeaning[] = {{34, -82}, {-10, -96}, {-44, -48}, {-2, -12},
                              {40, -78}, {26, 0},    {4, 100}};
constexpr P kNineOpen[] = {{12, -98}, {-38, -76}, {-36, -18}, {14, -14}, {42, -96}, {30, 100}};
constexpr DigitStyle kNine[] = {{4, "abcdea af", kNineStraight},
                                {3, "abcdefgh", kNineCurled},
                                {3, "abcdefg", kNineLeaning},
                                {1, "abcde ef", kNineOpen}};

constexpr std::array<std::span<const DigitStyle>, 10> kStyles = {
    kZero, kOne, kTwo, kThree, kFour, kFive, kSix, kSeven, kEight, kNine};

}  // namespace

std::span<const DigitStyle> StylesOfDigit(int digit) {
  SPIKEMESH_CHECK(digit >= 0 && digit < 10);
  return kStyles[digit];
}

}  // namespace spikemesh

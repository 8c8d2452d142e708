// SPDX-License-Identifier: Apache-2.0
// Does what is wrong on purpose, one defect a run, so that a build with sanitizers shows that it
// finds it: a flag that stops working is otherwise not missed by anybody.
// usage: planted_defects NAME
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace spikemesh {
namespace {

// What the optimiser cannot know.
template <typename T>
T Hidden(T value) {
  volatile T opaque = value;
  return opaque;
}

struct Base {
  virtual ~Base() = default;
  virtual int Value() const { return 1; }
};
struct Other {
  virtual ~Other() = default;
  virtual int Count() const { return 2; }
};

enum Small { kZero, kOne };

int global_values[4] = {1, 2, 3, 4};

int HeapOverflow() {
  const std::unique_ptr<int[]> values(new int[4]());
  return values[Hidden(4)];
}

int HeapUnderflow() {
  const std::unique_ptr<int[]> values(new int[4]());
  return *(Hidden(values.get()) - Hidden(1));
}

int StackOverflow() {
  int values[4] = {1, 2, 3, 4};
  int* const first = Hidden(&values[0]);
  return first[Hidden(4)];
}

int GlobalOverflow() {
  int* const first = Hidden(&global_values[0]);
  return first[Hidden(4)];
}

int UseAfterFree() {
  int* const value = new int(1);
  int* const seen = Hidden(value);
  delete value;
  return *seen;
}

int UseAfterScope() {
  int* seen = nullptr;
  {
    int value = Hidden(1);
    seen = Hidden(&value);
  }
  return *seen;
}

int DoubleFree() {
  int* const value = new int(1);
  delete Hidden(value);
  delete Hidden(value);
  return 0;
}

int MismatchedFree() {
  int* const values = new int[4]();
  delete Hidden(values);
  return 0;
}

int OverlappingCopy() {
  char text[16] = "0123456789";
  char* const first = Hidden(&text[0]);
  std::memcpy(first + 1, first, static_cast<std::size_t>(Hidden(8)));
  return text[1];
}

int Leak() {
  Hidden(new int[64]());
  return 0;
}

int SignedOverflow() { return Hidden(std::numeric_limits<int>::max()) + Hidden(1); }

int ShiftTooFar() { return 1 << Hidden(32); }

int DivisionByZero() { return 1 / Hidden(0); }

int NullReference() {
  const std::vector<int>* const none = Hidden<const std::vector<int>*>(nullptr);
  const std::vector<int>& values = *none;
  return static_cast<int>(values.size());
}

int MisalignedLoad() {
  alignas(8) char bytes[16] = {};
  char* const odd = Hidden(&bytes[1]);
  return *reinterpret_cast<int*>(odd);
}

int LoadOfNoBool() {
  const unsigned char byte = Hidden<unsigned char>(2);
  bool value = false;
  std::memcpy(&value, &byte, 1);
  const bool* const seen = Hidden(&value);
  return *seen ? 1 : 0;
}

int LoadOfNoEnum() {
  const int number = Hidden(7);
  Small value = kZero;
  std::memcpy(&value, &number, sizeof(value));
  const Small* const seen = Hidden(&value);
  return *seen == kOne ? 1 : 0;
}

int IndexBeyondArray() { return global_values[Hidden(5)]; }

int CallOfAnotherClass() {
  const std::unique_ptr<Base> base = std::make_unique<Base>();
  const Other* const other = reinterpret_cast<const Other*>(Hidden(base.get()));
  return other->Count();
}

int PointerOverflow() {
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  const char* const first = reinterpret_cast<const char*>(Hidden<std::uintptr_t>(64));
  return first + Hidden(std::numeric_limits<std::size_t>::max() - 8) == nullptr ? 1 : 0;
}

int NullArgument() {
  char text[4] = {};
  std::memcpy(text, Hidden<const char*>(nullptr), static_cast<std::size_t>(Hidden(0)));
  return text[0];
}

int VectorIndex() {
  const std::vector<int> values(3);
  return values[static_cast<std::size_t>(Hidden(3))];
}

int SpanIndex() {
  const std::vector<int> values(8);
  return std::span<const int>(values).first(3)[static_cast<std::size_t>(Hidden(3))];
}

int EmptyOptional() {
  const std::optional<int> none = Hidden(0) == 0 ? std::nullopt : std::optional<int>(1);
  return *none;
}

int Run(std::string_view name) {
  const std::map<std::string_view, std::function<int()>> defects = {
      {"heap_overflow", HeapOverflow},
      {"heap_underflow", HeapUnderflow},
      {"stack_overflow", StackOverflow},
      {"global_overflow", GlobalOverflow},
      {"use_after_free", UseAfterFree},
      {"use_after_scope", UseAfterScope},
      {"double_free", DoubleFree},
      {"mismatched_free", MismatchedFree},
      {"overlapping_copy", OverlappingCopy},
      {"leak", Leak},
      {"signed_overflow", SignedOverflow},
      {"shift_too_far", ShiftTooFar},
      {"division_by_zero", DivisionByZero},
      {"null_reference", NullReference},
      {"misaligned_load", MisalignedLoad},
      {"load_of_no_bool", LoadOfNoBool},
      {"load_of_no_enum", LoadOfNoEnum},
      {"index_beyond_array", IndexBeyondArray},
      {"call_of_another_class", CallOfAnotherClass},
      {"pointer_overflow", PointerOverflow},
      {"null_argument", NullArgument},
      {"vector_index", VectorIndex},
      {"span_index", SpanIndex},
      {"empty_optional", EmptyOptional},
  };
  const auto found = defects.find(name);
  if (found == defects.end()) {
    std::fprintf(stderr, "planted_defects: there is no defect of this name\n");
    return EXIT_FAILURE;
  }
  const volatile int result = found->second();
  static_cast<void>(result);
  std::printf("not found\n");
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace spikemesh

int main(int argc, char** argv) {
  // A failed assertion of the standard library aborts, which ctest takes for a crash of the test.
  std::signal(SIGABRT, [](int) { std::_Exit(EXIT_FAILURE); });
  return spikemesh::Run(argc > 1 ? argv[1] : "");
}

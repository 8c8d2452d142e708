# SPDX-License-Identifier: Apache-2.0
# The one way a library, a program or a test of this project is declared. Files are listed, never
# globbed; flags belong to targets, never to the directory.

set(SPIKEMESH_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                       -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Werror
                       # g++ 12 sees an overlap in std::string's operator+ that is not there (PR 105651)
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# Of precompiled headers g++ forgets that std::char_traits says itself where it must not be warned of
# (PR 64117). Builds without them keep these warnings, and the address sanitizer finds the errors.
if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
  list(APPEND SPIKEMESH_WARNINGS
       $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>)
endif()

# lld links several times as fast as the default; where it is not installed, that one does.
find_program(SPIKEMESH_LLD ld.lld)
mark_as_advanced(SPIKEMESH_LLD)

# What nearly every file includes, compiled once (precompiled headers: 4.1 -> 1.8 s a file). A file
# still includes what it uses: tests/style holds it to that, and
# -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds all the same.
set(SPIKEMESH_COMMON_HEADERS
    <algorithm> <array> <bit> <charconv> <chrono> <cmath> <compare> <cstddef> <cstdint> <cstdio>
    <cstdlib> <cstring> <functional> <limits> <map> <memory> <numeric> <optional> <set> <span>
    <sstream> <string> <string_view> <tuple> <utility> <variant> <vector>
    "${PROJECT_SOURCE_DIR}/core/base/status.h" "${PROJECT_SOURCE_DIR}/core/base/strings.h")

# What every target of ours is compiled with. Generated code (capnp, protobuf) does not get it. Its
# sources are kept in the property SPIKEMESH_FILES, in which tests/style looks for every file.
function(spikemesh_compile_options target)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    set_property(GLOBAL APPEND_STRING PROPERTY SPIKEMESH_FILES "${folder}/${source}\n")
  endforeach()
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE ${SPIKEMESH_WARNINGS})
  # So that a compiler cache finds a header that was precompiled before, whatever its time.
  target_compile_options(${target} PRIVATE
                         $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
  get_target_property(type ${target} TYPE)
  if(SPIKEMESH_LLD AND type STREQUAL "EXECUTABLE")
    target_link_options(${target} PRIVATE -fuse-ld=lld)
  endif()
endfunction()

# Gives `target` the precompiled headers of its kind (library, test). The first target of a kind
# compiles them, with `headers` beside the common ones; the others, whose options are the same, use
# its.
function(spikemesh_precompile kind target)
  get_property(owner GLOBAL PROPERTY SPIKEMESH_PRECOMPILED_${kind})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    target_precompile_headers(${target} PRIVATE ${SPIKEMESH_COMMON_HEADERS} ${ARGN})
    set_property(GLOBAL PROPERTY SPIKEMESH_PRECOMPILED_${kind} ${target})
  endif()
endfunction()

# spikemesh_library(NAME core_base HDRS a.h SRCS a.cc DEPS neurons absl::status PRIVATE_DEPS ...)
# declares library `spikemesh_NAME`, alias and export name `spikemesh::NAME`. Headers are included
# from the project root ("core/base/ids.h"). DEPS without "::" are libraries of ours. Name, folder and DEPS are kept in the property SPIKEMESH_DAG, which tests/style holds the includes to.
function(spikemesh_library)
  cmake_parse_arguments(ARG "" "NAME" "HDRS;SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target spikemesh_${ARG_NAME})
  add_library(${target} STATIC ${ARG_SRCS} ${ARG_HDRS})
  add_library(spikemesh::${ARG_NAME} ALIAS ${target})
  spikemesh_compile_options(${target})
  spikemesh_precompile(LIBRARY ${target})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                              $<INSTALL_INTERFACE:include/spikemesh>)
  target_link_libraries(${target} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME} POSITION_INDEPENDENT_CODE ON)
  set_property(GLOBAL APPEND PROPERTY SPIKEMESH_LIBRARIES ${target})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE ";" " " deps "${ARG_DEPS};${ARG_PRIVATE_DEPS}")
  set_property(GLOBAL APPEND_STRING PROPERTY SPIKEMESH_DAG "${ARG_NAME} ${folder} ${deps}\n")
  foreach(header IN LISTS ARG_HDRS)
    set_property(GLOBAL APPEND PROPERTY SPIKEMESH_HEADERS "${folder}/${header}")
  endforeach()
endfunction()

# Little of a test's time is its own code's, so that compiling it well is not worth the time.
set(SPIKEMESH_TEST_OPTIONS -O1 CACHE STRING "Compiler options of the tests, behind all others")

# spikemesh_test_library(NAME core_machine_testing SRCS a.cc a.h DEPS ...): what tests of several
# libraries share, compiled once.
function(spikemesh_test_library)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_library(${ARG_NAME} STATIC ${ARG_SRCS})
  spikemesh_compile_options(${ARG_NAME})
  target_compile_options(${ARG_NAME} PRIVATE ${SPIKEMESH_TEST_OPTIONS})
  target_link_libraries(${ARG_NAME} PUBLIC ${ARG_DEPS} GTest::gmock)
  spikemesh_precompile(TEST ${ARG_NAME} <gmock/gmock.h> <gtest/gtest.h>)
endfunction()

# spikemesh_test(NAME core_base_test SRCS a_test.cc b_test.cc DEPS spikemesh::core_base
#                [LABEL threads] [TIMEOUT 300] [COST 1])
# declares one executable with all tests of a library, each known to ctest by itself. LABEL is
# `unit` unless said otherwise: what the address sanitizer runs; `threads` is what the thread
# sanitizer runs, too, in an executable of its own, so that its build holds nothing else. Tests of
# more COST begin earlier, so that no long one is left for the end.
function(spikemesh_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL;TIMEOUT;COST" "SRCS;DEPS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(NOT ARG_COST)
    set(ARG_COST 1)
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  spikemesh_compile_options(${ARG_NAME})
  target_compile_options(${ARG_NAME} PRIVATE ${SPIKEMESH_TEST_OPTIONS})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  spikemesh_precompile(TEST ${ARG_NAME} <gmock/gmock.h> <gtest/gtest.h>)
  gtest_discover_tests(${ARG_NAME} TEST_PREFIX ${ARG_NAME}: DISCOVERY_MODE PRE_TEST
                       DISCOVERY_TIMEOUT 120
                       PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} COST ${ARG_COST})
  if(ARG_LABEL STREQUAL "threads")
    if(NOT TARGET threaded_tests)
      add_custom_target(threaded_tests)
    endif()
    add_dependencies(threaded_tests ${ARG_NAME})
  endif()
endfunction()

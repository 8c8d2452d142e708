# SPDX-License-Identifier: Apache-2.0
# The one way a library, a program or a test of this project is declared. Files are listed, never
# globbed; flags belong to targets, never to the directory.

set(SPIKEMESH_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                       -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Werror
                       # g++ 12 sees an overlap in std::string's operator+ that is not there (PR 105651)
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

# What every target of ours is compiled with. Generated code (capnp, protobuf) does not get it.
function(spikemesh_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target} PRIVATE ${SPIKEMESH_WARNINGS})
endfunction()

# spikemesh_library(NAME core_base HDRS a.h SRCS a.cc DEPS neurons absl::status PRIVATE_DEPS ...)
# declares library `spikemesh_NAME`, alias and export name `spikemesh::NAME`. Headers are included
# from the project root ("core/base/ids.h"). DEPS without "::" are libraries of ours.
function(spikemesh_library)
  cmake_parse_arguments(ARG "" "NAME" "HDRS;SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target spikemesh_${ARG_NAME})
  add_library(${target} STATIC ${ARG_SRCS} ${ARG_HDRS})
  add_library(spikemesh::${ARG_NAME} ALIAS ${target})
  spikemesh_compile_options(${target})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                              $<INSTALL_INTERFACE:include/spikemesh>)
  target_link_libraries(${target} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME})
  set_property(GLOBAL APPEND PROPERTY SPIKEMESH_LIBRARIES ${target})
  foreach(header IN LISTS ARG_HDRS)
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    set_property(GLOBAL APPEND PROPERTY SPIKEMESH_HEADERS "${folder}/${header}")
  endforeach()
endfunction()

# spikemesh_test(NAME base_bits256_test SRCS bits256_test.cc DEPS spikemesh::core_base [LABELS threads])
function(spikemesh_test)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS;LABELS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  spikemesh_compile_options(${ARG_NAME})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "unit;${ARG_LABELS}" TIMEOUT 300)
  # What the thread sanitizer is for, so that its build holds nothing else.
  if("threads" IN_LIST ARG_LABELS)
    if(NOT TARGET threaded_tests)
      add_custom_target(threaded_tests)
    endif()
    add_dependencies(threaded_tests ${ARG_NAME})
  endif()
endfunction()

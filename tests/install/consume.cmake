# SPDX-License-Identifier: Apache-2.0
file(REMOVE_RECURSE ${SCRATCH})
set(prefix ${SCRATCH}/prefix)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix}
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -S ${CONSUMER} -B ${SCRATCH}/build -G ${GENERATOR}
                        -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_FLAGS=${CXX_FLAGS}
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${SCRATCH}/build COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${SCRATCH}/build/consumer OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
# V is 1, 2, 3, then 3 + 3 + 1 = 7 in the tick of the input, 8, 9 and 10: the threshold, in tick 7.
if(NOT said STREQUAL "tick 7 pin 0\n")
  message(FATAL_ERROR "the consumer printed: ${said}; expected: tick 7 pin 0")
endif()
execute_process(COMMAND ${prefix}/bin/spikemesh --version COMMAND_ERROR_IS_FATAL ANY)
if(NOT EXISTS ${prefix}/share/spikemesh/models)
  message(FATAL_ERROR "the bundled models are not installed")
endif()

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
# A pacemaker with threshold 10 and leak 1 fires in ticks 10, 20, ..., 100.
if(NOT said MATCHES "10 spikes")
  message(FATAL_ERROR "the consumer printed: ${said}; expected: 10 spikes")
endif()
execute_process(COMMAND ${prefix}/bin/spikemesh --version COMMAND_ERROR_IS_FATAL ANY)
if(NOT EXISTS ${prefix}/share/spikemesh/models)
  message(FATAL_ERROR "the bundled models are not installed")
endif()

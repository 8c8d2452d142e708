# SPDX-License-Identifier: Apache-2.0
# `cmake --install`: the command, the libraries with their headers, the bundled models, the
# licences, and a CMake package, so that another project says find_package(Spikemesh) and links
# spikemesh::core_machine.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY SPIKEMESH_LIBRARIES)
get_property(headers GLOBAL PROPERTY SPIKEMESH_HEADERS)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Spikemesh)

install(TARGETS ${libraries} EXPORT SpikemeshTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(header IN LISTS headers)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${PROJECT_SOURCE_DIR}/${header}
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/spikemesh/${folder})
endforeach()
if(TARGET spikemesh)
  install(TARGETS spikemesh RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/networks/models
        DESTINATION ${CMAKE_INSTALL_DATADIR}/spikemesh
        FILES_MATCHING PATTERN "*.onnx")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(EXPORT SpikemeshTargets NAMESPACE spikemesh:: DESTINATION ${package_dir})
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/core/cmake/SpikemeshConfig.cmake.in
  ${PROJECT_BINARY_DIR}/SpikemeshConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/SpikemeshConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/SpikemeshConfig.cmake
              ${PROJECT_BINARY_DIR}/SpikemeshConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/core/cmake/SpikemeshDependencies.cmake
        DESTINATION ${package_dir})

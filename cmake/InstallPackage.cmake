# What is installed, and how others find it: the CMake package vtprobe with a
# component for each library, and a pkg-config file for each.
#
# Nothing installed names the place that it was installed to: the whole may be
# moved, and is found from where it is then. The three install components become
# the three Debian packages (Packaging.cmake).
include(CMakePackageConfigHelpers)

set(VTPROBE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/vtprobe)
set(VTPROBE_PKGCONFIG_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
set(VTPROBE_DATA_DIR ${CMAKE_INSTALL_DATADIR}/vtprobe)

# Called by vtprobe_library(), as is vtprobe_install_pkgconfig().
function(vtprobe_install_library name)
  set(files)
  get_target_property(type vtprobe_${name} TYPE)
  if(NOT type STREQUAL INTERFACE_LIBRARY)
    set(files FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
      FILE_SET rows DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
  endif()
  install(TARGETS vtprobe_${name} EXPORT vtprobe-${name}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime
      NAMELINK_COMPONENT development
    ${files})
  install(EXPORT vtprobe-${name} NAMESPACE vtprobe:: FILE vtprobe-${name}-targets.cmake
    DESTINATION ${VTPROBE_CMAKE_DIR} COMPONENT development)
endfunction()

# vtprobe_install_pkgconfig(hal DESCRIPTION ... [REQUIRES ...] [CFLAGS ...]
#                           [STATIC_REQUIRES ...] [STATIC_LIBS ...])
# STATIC_ is what a static library does not bring along.
function(vtprobe_install_pkgconfig name)
  cmake_parse_arguments(ARG "" "DESCRIPTION;CFLAGS;STATIC_LIBS" "REQUIRES;STATIC_REQUIRES" ${ARGN})
  get_target_property(type vtprobe_${name} TYPE)
  set(libs "")
  if(NOT type STREQUAL INTERFACE_LIBRARY)
    set(libs "-L\${libdir} -lvtprobe_${name}")
  endif()
  if(type STREQUAL STATIC_LIBRARY)
    list(APPEND ARG_REQUIRES ${ARG_STATIC_REQUIRES})
    string(APPEND libs " ${ARG_STATIC_LIBS}")
  endif()
  list(JOIN ARG_REQUIRES ", " requires)
  file(RELATIVE_PATH up "/${VTPROBE_PKGCONFIG_DIR}" "/")
  string(REGEX REPLACE "/$" "" up "${up}")
  configure_file(${PROJECT_SOURCE_DIR}/cmake/templates/vtprobe.pc.in
    ${PROJECT_BINARY_DIR}/vtprobe-${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/vtprobe-${name}.pc
    DESTINATION ${VTPROBE_PKGCONFIG_DIR} COMPONENT development)
endfunction()

# Called when all libraries are there.
function(vtprobe_install_package)
  get_property(components GLOBAL PROPERTY VTPROBE_LIBRARIES)
  set(links "")
  foreach(name IN LISTS components)
    get_property(links_of_one GLOBAL PROPERTY VTPROBE_LINKS_${name})
    string(APPEND links "set(vtprobe_links_of_${name} ${links_of_one})\n")
  endforeach()
  configure_package_config_file(cmake/templates/vtprobe-config.cmake.in vtprobe-config.cmake
    INSTALL_DESTINATION ${VTPROBE_CMAKE_DIR} PATH_VARS VTPROBE_DATA_DIR NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file(vtprobe-config-version.cmake
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/vtprobe-config.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/vtprobe-config-version.cmake
    DESTINATION ${VTPROBE_CMAKE_DIR} COMPONENT development)

  # What other projects' firmware is compiled with, to run on simulated machines, and
  # examples to copy.
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/fixtures/firmware/edk2
    ${PROJECT_SOURCE_DIR}/fixtures/firmware/coreboot
    DESTINATION ${VTPROBE_DATA_DIR} COMPONENT development)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/tests/install/examples/edk2
    ${PROJECT_SOURCE_DIR}/tests/install/examples/coreboot
    DESTINATION ${VTPROBE_DATA_DIR}/examples COMPONENT development)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/recorded-msr-dumps DESTINATION ${VTPROBE_DATA_DIR}
    COMPONENT dumps)
endfunction()

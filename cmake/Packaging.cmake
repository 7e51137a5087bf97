# Debian packages, made by `cpack` in the build folder: vtprobe (the command,
# and shared libraries where they were built), libvtprobe-dev (libraries,
# headers, CMake package, pkg-config files) and vtprobe-dumps (the recorded
# machines).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "the vtprobe authors")
set(CPACK_PACKAGE_CONTACT "the vtprobe authors")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
# CPack's own default, which it does not put above each package's description.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${CMAKE_PROJECT_NAME} built using CMake")
set(CPACK_STRIP_FILES ON)
# Just what was built: tests and benchmarks are no part of any package.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

set(CPACK_COMPONENTS_ALL runtime development dumps)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME vtprobe)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
  "tells whether hardware virtualization is usable, on every CPU\nThe command vtprobe. It reads registers and never writes one.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS vtprobe-dumps)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libvtprobe-dev)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "libraries of vtprobe, for tests of firmware and decoders\nReading, decoding and judging the registers that switch hardware\nvirtualization, with made-up, recorded and simulated machines for tests.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libexpected-dev, libpugixml-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "vtprobe-dumps, libgmock-dev")
if(BUILD_SHARED_LIBS)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", vtprobe (= ${PROJECT_VERSION})")
endif()

set(CPACK_DEBIAN_DUMPS_PACKAGE_NAME vtprobe-dumps)
set(CPACK_COMPONENT_DUMPS_DESCRIPTION
  "recorded machines of vtprobe\nWhat the registers of known machines said, and what is right to say of them.")
set(CPACK_DEBIAN_DUMPS_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_DUMPS_PACKAGE_ARCHITECTURE all)

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright COMPONENT ${component}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
endforeach()
include(CPack)

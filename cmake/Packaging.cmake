# What `cpack` in the build folder makes, after building what is not yet built:
# Debian packages, vtprobe (the command, and shared libraries where they were
# built), libvtprobe-dev (libraries, headers, CMake package, pkg-config files),
# vtprobe-dumps (the recorded machines) and vtprobe-efi (the program for UEFI); or, of
# one static file, a tarball with it.
set(CPACK_PACKAGE_VENDOR "the vtprobe authors")
set(VTPROBE_MAINTAINER "vtprobe authors <vtprobe@example.org>" CACHE STRING
  "Whom the packages name as their maintainer")
mark_as_advanced(VTPROBE_MAINTAINER)
set(CPACK_PACKAGE_CONTACT "${VTPROBE_MAINTAINER}")
# CPack's own default, which it does not put above each package's description.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${CMAKE_PROJECT_NAME} built using CMake")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
# Just what is packed is built: tests and benchmarks are no part of any package.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

set(CPACK_COMPONENTS_GROUPING IGNORE)
if(VTPROBE_STATIC)
  set(CPACK_GENERATOR TGZ)
  set(CPACK_COMPONENTS_ALL runtime)
  set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
  string(TOLOWER "linux-${CMAKE_SYSTEM_PROCESSOR}" system)
  set(CPACK_ARCHIVE_RUNTIME_FILE_NAME vtprobe-${PROJECT_VERSION}-${system})
  set(CPACK_PACKAGE_FILE_NAME ${CPACK_ARCHIVE_RUNTIME_FILE_NAME})
  set(CPACK_COMPONENT_INCLUDE_TOPLEVEL_DIRECTORY ON)
  set(packaged vtprobe vtprobe_documents)
else()
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_COMPONENTS_ALL runtime development dumps)
  set(packaged vtprobe vtprobe_documents vtprobe_libraries)
  if(TARGET efi)
    list(APPEND CPACK_COMPONENTS_ALL efi)
    list(APPEND packaged efi)
  endif()
  if(TARGET vtprobe-hwtest)
    list(APPEND packaged vtprobe-hwtest)
  endif()
endif()
add_custom_target(vtprobe_packaged DEPENDS ${packaged})
set(CPACK_INSTALL_COMMANDS
  "\"${CMAKE_COMMAND}\" --build \"${PROJECT_BINARY_DIR}\" --target vtprobe_packaged --parallel")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME vtprobe)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
  "tells whether hardware virtualization is usable, on every CPU\nThe command vtprobe, and vtprobe-hwtest, the same tests for who runs\nGoogleTests. Nothing is written to a register unless two commands that\nexist for that are told to.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS "vtprobe-dumps, libsqlite3-0")
# Loaded when it is needed, as SQLite is for stores: for archives, to serve a recording,
# and for stores in PostgreSQL.
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SUGGESTS "libarchive13 | libarchive13t64, libfuse3-3 | libfuse3-4, libpq5")

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

set(CPACK_DEBIAN_EFI_PACKAGE_NAME vtprobe-efi)
set(CPACK_COMPONENT_EFI_DESCRIPTION
  "records a machine before any system runs\nThe UEFI application vtprobe.efi, and vtprobe-make-stick, which puts it on a\nstick's image.")
set(CPACK_DEBIAN_EFI_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_EFI_PACKAGE_DEPENDS "mtools, fdisk")
set(CPACK_DEBIAN_EFI_PACKAGE_RECOMMENDS vtprobe)

# vtprobe_made(FILE COMMAND...): what a command of this build prints. [gzip] -n: no
# time in it, so that the same is packed again.
set(VTPROBE_DOCUMENTS)
macro(vtprobe_made file)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/documents/${file} COMMAND ${ARGN}
    DEPENDS ${depends} COMMENT "Making ${file}" VERBATIM)
  list(APPEND VTPROBE_DOCUMENTS ${PROJECT_BINARY_DIR}/documents/${file})
endmacro()
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/documents)
set(depends vtprobe)
vtprobe_made(vtprobe.1 $<TARGET_FILE:vtprobe> manual -o ${PROJECT_BINARY_DIR}/documents/vtprobe.1)
vtprobe_made(vtprobe $<TARGET_FILE:vtprobe> completion bash -o ${PROJECT_BINARY_DIR}/documents/vtprobe)
vtprobe_made(_vtprobe $<TARGET_FILE:vtprobe> completion zsh -o ${PROJECT_BINARY_DIR}/documents/_vtprobe)
vtprobe_made(vtprobe.fish $<TARGET_FILE:vtprobe> completion fish -o ${PROJECT_BINARY_DIR}/documents/vtprobe.fish)
set(depends ${PROJECT_BINARY_DIR}/documents/vtprobe.1)
vtprobe_made(vtprobe.1.gz gzip -9nkf ${PROJECT_BINARY_DIR}/documents/vtprobe.1)
# vtprobe_written(TEMPLATE FILE): what a person wrote, with the version in it.
macro(vtprobe_written template file)
  configure_file(${template} documents/${file} @ONLY)
  set(depends ${PROJECT_BINARY_DIR}/documents/${file})
  vtprobe_made(${file}.gz gzip -9nkf ${PROJECT_BINARY_DIR}/documents/${file})
endmacro()
vtprobe_written(cmake/templates/changelog.in changelog)
vtprobe_written(tools/vtprobe-make-stick.1.in vtprobe-make-stick.1)
if(TARGET vtprobe-hwtest)
  vtprobe_written(tools/hwtest/vtprobe-hwtest.1.in vtprobe-hwtest.1)
endif()
add_custom_target(vtprobe_documents ALL DEPENDS ${VTPROBE_DOCUMENTS})

# Who built the libraries alone has none of what the command makes.
function(vtprobe_install_document component file destination)
  install(FILES ${PROJECT_BINARY_DIR}/documents/${file} OPTIONAL COMPONENT ${component}
    DESTINATION ${destination})
endfunction()
vtprobe_install_document(runtime vtprobe.1.gz ${CMAKE_INSTALL_MANDIR}/man1)
if(TARGET vtprobe-hwtest)
  vtprobe_install_document(runtime vtprobe-hwtest.1.gz ${CMAKE_INSTALL_MANDIR}/man1)
endif()
vtprobe_install_document(efi vtprobe-make-stick.1.gz ${CMAKE_INSTALL_MANDIR}/man1)
vtprobe_install_document(runtime vtprobe ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
vtprobe_install_document(runtime _vtprobe ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
vtprobe_install_document(runtime vtprobe.fish
  ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

set(documents ${CMAKE_INSTALL_DATADIR}/doc/vtprobe)
install(FILES README.md probes/RULES.md probes/REGISTERS.md
  COMPONENT runtime DESTINATION ${documents})
install(FILES probes/profiles/FORMAT.md RENAME PROFILES.md
  COMPONENT runtime DESTINATION ${documents})
install(FILES recorded-msr-dumps/FORMAT.md RENAME RECORDINGS.md
  COMPONENT runtime DESTINATION ${documents})
install(FILES FORMAT-STORE.md RENAME STORES.md COMPONENT runtime DESTINATION ${documents})
install(DIRECTORY probes/schemas COMPONENT runtime
  DESTINATION ${CMAKE_INSTALL_DATADIR}/vtprobe)
install(DIRECTORY tools/integrations COMPONENT runtime
  DESTINATION ${CMAKE_INSTALL_DATADIR}/vtprobe USE_SOURCE_PERMISSIONS)

# Where vtprobe-make-stick looks from its own place.
install(FILES ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/vtprobe.efi OPTIONAL COMPONENT efi
  DESTINATION lib/vtprobe)
install(PROGRAMS tools/make-stick RENAME vtprobe-make-stick COMPONENT efi
  DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES tools/efi/README.md COMPONENT efi
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/vtprobe-efi)

# Debian has the licence in full; a tarball brings it along, and those of what the
# file has in itself.
if(VTPROBE_STATIC)
  install(FILES LICENSE COMPONENT runtime DESTINATION ${documents})
  foreach(linked IN ITEMS libarchive-dev libbz2-dev libc6-dev libcli11-dev libcpuid-dev
      libexpected-dev libfmt-dev libfuse3-dev liblzma-dev libpugixml-dev libsqlite3-dev libstdc++-12-dev
      libtomlplusplus-dev libxxhash-dev libzstd-dev nlohmann-json3-dev zlib1g-dev)
    install(FILES /usr/share/doc/${linked}/copyright RENAME ${linked} OPTIONAL
      COMPONENT runtime DESTINATION ${documents}/licences)
  endforeach()
endif()
if(NOT VTPROBE_STATIC)
  install(FILES cmake/templates/lintian-overrides RENAME vtprobe COMPONENT runtime
    DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides)
endif()
foreach(component IN ITEMS runtime development dumps efi)
  string(TOUPPER ${component} upper)
  set(documents ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  install(FILES cmake/templates/copyright COMPONENT ${component} DESTINATION ${documents})
  install(FILES ${PROJECT_BINARY_DIR}/documents/changelog.gz OPTIONAL COMPONENT ${component}
    DESTINATION ${documents})
endforeach()
include(CPack)

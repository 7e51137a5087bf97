# How this project makes a target, so that every folder makes it the same way.
#
# Sources are globbed on purpose: adding a rule, a backend or a test is adding
# its file, and no second list can forget it. CONFIGURE_DEPENDS makes the build
# look again.

add_library(vtprobe_developer_options INTERFACE)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(vtprobe_developer_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
    -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
    $<$<BOOL:${VTPROBE_WERROR}>:-Werror>
    # For a program that takes along just what it calls.
    -ffunction-sections -fdata-sections)
endif()

include(cmake/PrecompiledHeaders.cmake)
set(VTPROBE_OFTEN_INCLUDED
  <algorithm> <array> <cstdint> <map> <optional> <set> <span> <string> <string_view> <tuple>
  <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)
vtprobe_precompiled_headers(library POSITION_INDEPENDENT HEADERS ${VTPROBE_OFTEN_INCLUDED})

# vtprobe_file_definitions(TARGET FILE... NAME="value"...)
# Defines a macro for the files of a target that use it, and not for the others:
# what is compiled with a place of this tree is compiled anew in each clone.
function(vtprobe_file_definitions target)
  set(files ${ARGN})
  list(FILTER files EXCLUDE REGEX "=")
  set(definitions ${ARGN})
  list(FILTER definitions INCLUDE REGEX "=")
  set_property(SOURCE ${files} TARGET_DIRECTORY ${target}
    APPEND PROPERTY COMPILE_DEFINITIONS ${definitions})
endfunction()

# What a shared library shows is what is in namespace vtprobe, under a version
# of its own: no symbol of fmt or nlohmann::json gets into a consumer's way. A
# linker script says so in one place. Marks on each public declaration would say
# it again in every header, and a shared library would lack what tests of
# private parts link to.
#
# Until 1.0 a minor version may change the binary interface, so it is in the
# SONAME.
set(VTPROBE_SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
configure_file(cmake/templates/exported-symbols.map.in exported-symbols.map @ONLY)
set(VTPROBE_EXPORTED_SYMBOLS ${PROJECT_BINARY_DIR}/exported-symbols.map)

# vtprobe_library(NAME hal DESCRIPTION ... LINKS_PUBLIC ... LINKS_PRIVATE ...
#                 [PKGCONFIG_STATIC_REQUIRES ...] [PKGCONFIG_STATIC_LIBS ...]
#                 [PKGCONFIG_CFLAGS ...] [X86_ONLY file...] [BUNDLE])
# Makes vtprobe_NAME, alias vtprobe::NAME, from src/**.cc and include/**.h,
# static or shared by BUILD_SHARED_LIBS, and a component of the package. What is
# header-only and in LINKS_PRIVATE stands in $<BUILD_INTERFACE:...>: who uses the
# installed library needs none. PKGCONFIG_STATIC_ is what a static library does
# not bring along. X86_ONLY names, without a folder and .cc or .h, what other
# architectures have not. A BUNDLE has no sources: it stands for what it links to.
#
# A library sees what it links to and no other of this tree: that is how the
# layers are kept apart. The global property VTPROBE_LIBRARIES has the names of
# all, each after those that it links to; VTPROBE_LINKS_NAME has what one links to.
function(vtprobe_library)
  cmake_parse_arguments(ARG "BUNDLE"
    "NAME;DESCRIPTION;PKGCONFIG_STATIC_LIBS;PKGCONFIG_CFLAGS"
    "LINKS_PUBLIC;LINKS_PRIVATE;PKGCONFIG_STATIC_REQUIRES;X86_ONLY" ${ARGN})
  set(target vtprobe_${ARG_NAME})
  if(ARG_BUNDLE)
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${ARG_LINKS_PUBLIC})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME})
  else()
    vtprobe_add_sources(${target} ${ARG_X86_ONLY})
    target_link_libraries(${target} PUBLIC ${ARG_LINKS_PUBLIC}
      PRIVATE ${ARG_LINKS_PRIVATE} $<BUILD_INTERFACE:vtprobe_developer_options>)
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME})
  endif()
  add_library(vtprobe::${ARG_NAME} ALIAS ${target})

  set(links ${ARG_LINKS_PUBLIC} ${ARG_LINKS_PRIVATE})
  list(FILTER links INCLUDE REGEX "^vtprobe::")
  list(TRANSFORM links REPLACE "^vtprobe::" "")
  get_property(earlier GLOBAL PROPERTY VTPROBE_LIBRARIES)
  foreach(link IN LISTS links)
    if(NOT link IN_LIST earlier)
      message(FATAL_ERROR "vtprobe::${ARG_NAME} links to vtprobe::${link}, which is not made "
        "before it: the installed package finds them in this order.")
    endif()
  endforeach()
  set_property(GLOBAL APPEND PROPERTY VTPROBE_LIBRARIES ${ARG_NAME})
  set_property(GLOBAL PROPERTY VTPROBE_LINKS_${ARG_NAME} "${links}")
  if(VTPROBE_INSTALL)
    vtprobe_install_library(${ARG_NAME})
    list(TRANSFORM links PREPEND "vtprobe-")
    vtprobe_install_pkgconfig(${ARG_NAME} DESCRIPTION "${ARG_DESCRIPTION}" REQUIRES ${links}
      CFLAGS "${ARG_PKGCONFIG_CFLAGS}" STATIC_REQUIRES ${ARG_PKGCONFIG_STATIC_REQUIRES}
      STATIC_LIBS "${ARG_PKGCONFIG_STATIC_LIBS}")
  endif()
endfunction()

# The library itself, of the folder's files; what stands behind the target is
# X86_ONLY.
function(vtprobe_add_sources target)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*.cc)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/include/*.h)
  file(GLOB_RECURSE rows CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/include/*.def)
  if(NOT VTPROBE_X86)
    foreach(file IN LISTS ARGN)
      list(FILTER sources EXCLUDE REGEX "/${file}\\.cc$")
      list(FILTER headers EXCLUDE REGEX "/${file}\\.h$")
    endforeach()
  endif()
  add_library(${target} ${sources})
  target_sources(${target} PUBLIC
    FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include FILES ${headers}
    FILE_SET rows TYPE HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include FILES ${rows})
  set_property(GLOBAL APPEND PROPERTY VTPROBE_INCLUDE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON
    VERSION ${PROJECT_VERSION} SOVERSION ${VTPROBE_SOVERSION} DEFINE_SYMBOL ""
    INSTALL_RPATH "$ORIGIN"
    VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL}
    INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)
  vtprobe_use_precompiled_headers(${target} library)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL SHARED_LIBRARY)
    # What a library uses without linking to it is an error here and not when a
    # program starts.
    target_link_options(${target} PRIVATE
      LINKER:--version-script=${VTPROBE_EXPORTED_SYMBOLS} LINKER:-z,defs)
    set_target_properties(${target} PROPERTIES LINK_DEPENDS ${VTPROBE_EXPORTED_SYMBOLS})
  endif()
endfunction()

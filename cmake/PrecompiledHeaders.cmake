# What most sources of a kind include is read once: with the standard library,
# GoogleMock and CLI11 that is more than half of what compiling them takes. For
# this tree's own build only, and not for the preset clang
# (CMAKE_DISABLE_PRECOMPILE_HEADERS): what a source forgot to include does not
# compile there.

# vtprobe_precompiled_headers(NAME HEADER... LINKS TARGET...)
# A set of headers, compiled with the options of those that will use it, for
# vtprobe_use_precompiled_headers(TARGET NAME).
function(vtprobe_precompiled_headers name)
  cmake_parse_arguments(ARG "POSITION_INDEPENDENT" "" "HEADERS;LINKS" ${ARGN})
  if(NOT PROJECT_IS_TOP_LEVEL)
    return()
  endif()
  set(source ${PROJECT_BINARY_DIR}/precompiled/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "// A precompiled header is made for a source.\n")
  add_library(vtprobe_precompiled_${name} OBJECT EXCLUDE_FROM_ALL ${source})
  target_link_libraries(vtprobe_precompiled_${name} PRIVATE ${ARG_LINKS} vtprobe_developer_options)
  target_compile_features(vtprobe_precompiled_${name} PRIVATE cxx_std_20)
  set_target_properties(vtprobe_precompiled_${name} PROPERTIES
    CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ${ARG_POSITION_INDEPENDENT})
  target_precompile_headers(vtprobe_precompiled_${name} PRIVATE ${ARG_HEADERS})
endfunction()

function(vtprobe_use_precompiled_headers target name)
  if(PROJECT_IS_TOP_LEVEL)
    target_precompile_headers(${target} REUSE_FROM vtprobe_precompiled_${name})
  endif()
endfunction()

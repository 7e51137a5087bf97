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
    $<$<BOOL:${VTPROBE_WERROR}>:-Werror>)
endif()

# vtprobe_library(NAME hal LINKS_PUBLIC ... LINKS_PRIVATE ...)
# Makes vtprobe_NAME, alias vtprobe::NAME, from src/**.cc and include/**.h.
function(vtprobe_library)
  cmake_parse_arguments(ARG "" "NAME" "LINKS_PUBLIC;LINKS_PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*.cc)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/include/*.h)
  file(GLOB_RECURSE rows CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/include/*.def)
  set(target vtprobe_${ARG_NAME})
  add_library(${target} ${sources})
  add_library(vtprobe::${ARG_NAME} ALIAS ${target})
  target_sources(${target} PUBLIC
    FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include FILES ${headers}
    FILE_SET rows TYPE HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include FILES ${rows})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON EXPORT_NAME ${ARG_NAME}
    VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL}
    INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)
  target_link_libraries(${target} PUBLIC ${ARG_LINKS_PUBLIC}
    PRIVATE ${ARG_LINKS_PRIVATE} $<BUILD_INTERFACE:vtprobe_developer_options>)
endfunction()

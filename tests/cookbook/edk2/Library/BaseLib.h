// By the name that EDK2 has for it.

#ifndef VTPROBE_TESTS_COOKBOOK_EDK2_LIBRARY_BASE_LIB_H_
#define VTPROBE_TESTS_COOKBOOK_EDK2_LIBRARY_BASE_LIB_H_

#include "fixtures/edk2/host_base_lib.h"

#endif  // VTPROBE_TESTS_COOKBOOK_EDK2_LIBRARY_BASE_LIB_H_

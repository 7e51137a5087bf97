/* The module as it is, and a name for what its state machine would call. */
#include <soc/amd/common/block/cpu/smm/finalize.c>

void (*const amd_soc_finalize)(void *) = soc_finalize;

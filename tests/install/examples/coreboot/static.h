/* What coreboot's build makes of the board's devices: none is asked for here. */

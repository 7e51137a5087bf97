// Nothing: the precompiled headers of the tests need a source of their own, with
// the options of all tests.

//! Nothing: the tests are in `it`, and a package needs a library.

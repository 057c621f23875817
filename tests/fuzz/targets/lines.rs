//! Fuzzes lines of logs.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dockwright::fuzzing::lines(input));

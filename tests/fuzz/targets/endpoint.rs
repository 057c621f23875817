//! Fuzzes addresses of engines.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dockwright::fuzzing::endpoint(input));

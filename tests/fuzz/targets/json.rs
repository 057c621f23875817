//! Fuzzes streams of JSON.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dockwright::fuzzing::json(input));

//! Fuzzes archives.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dockwright::fuzzing::unpack(input));

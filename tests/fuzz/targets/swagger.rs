//! Fuzzes Swagger files.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dockwright_generator::fuzzing::swagger(input));

//! Fuzzes `config.json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| dockwright::fuzzing::config_file(input));

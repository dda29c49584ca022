//! `crossdock_fuzz::neighbor` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| crossdock_fuzz::neighbor(data));

//! `crossdock_fuzz::management` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| crossdock_fuzz::management(data));

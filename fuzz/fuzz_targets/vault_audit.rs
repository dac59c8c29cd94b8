#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    tenure_fuzz::source(&tenure::source::vault_audit::SOURCE, bytes);
});

//! What librdkafka knows and its Rust wrapper does not say.
//!
//! The only unsafe code of the product: three calls of the C interface on a client that is borrowed, hence
//! alive, while they run. None of them keeps what it is given.
#![expect(
    unsafe_code,
    reason = "the wrapper has no function for the group's generation, cached offsets and tokens"
)]

use std::ffi::{CStr, CString};

use rdkafka::bindings as c;
use rdkafka::client::{Client, ClientContext, OAuthToken};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};

/// The generation of the group in which `consumer` is a member; `None` if it is in none. A classic group
/// takes transactional offsets of an outsider, so whoever commits asks first.
pub fn group_generation<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> Option<i32> {
    // SAFETY: the client lives as long as `consumer`; the call returns null or a value of our own to destroy.
    let metadata = unsafe { c::rd_kafka_consumer_group_metadata(consumer.client().native_ptr()) };
    if metadata.is_null() {
        return None;
    }
    // SAFETY: `metadata` is not null, is ours, and is not used after it is destroyed.
    let generation = unsafe {
        let generation = c::rd_kafka_consumer_group_metadata_generation_id(metadata);
        c::rd_kafka_consumer_group_metadata_destroy(metadata);
        generation
    };
    (generation >= 0).then_some(generation)
}

/// The end of a partition as of the last fetch, without asking a broker: open transactions included.
pub fn cached_end<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topic: &str,
    partition: i32,
) -> Option<u64> {
    let topic = CString::new(topic).ok()?;
    let (mut low, mut high) = (0_i64, 0_i64);
    // SAFETY: the client lives as long as `consumer`; `topic` ends in a nul; both results outlive the call.
    let code = unsafe {
        c::rd_kafka_get_watermark_offsets(
            consumer.client().native_ptr(),
            topic.as_ptr(),
            partition,
            &raw mut low,
            &raw mut high,
        )
    };
    if code != c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
        return None;
    }
    u64::try_from(high).ok()
}

/// Gives `client` a token. A client for administration is never polled, so it cannot ask for one itself.
pub fn set_token<C: ClientContext>(client: &Client<C>, token: OAuthToken) -> Result<(), String> {
    let no_text = |_| "the token holds a nul".to_owned();
    let text = CString::new(token.token).map_err(no_text)?;
    let principal = CString::new(token.principal_name).map_err(no_text)?;
    let mut why = [0_u8; 512];
    // SAFETY: the client lives as long as `client`; both texts end in a nul and are copied; there are no
    // extensions; what is written to `why` ends in a nul within the length that is given.
    let code = unsafe {
        c::rd_kafka_oauthbearer_set_token(
            client.native_ptr(),
            text.as_ptr(),
            token.lifetime_ms,
            principal.as_ptr(),
            std::ptr::null_mut(),
            0,
            why.as_mut_ptr().cast(),
            why.len(),
        )
    };
    if code == c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
        return Ok(());
    }
    let why = CStr::from_bytes_until_nul(&why).unwrap_or_default();
    Err(why.to_string_lossy().into_owned())
}

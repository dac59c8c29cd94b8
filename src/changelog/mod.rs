//! The changelog: state as records of `tenure.state`, and back.
//!
//! The topic is compacted: of each key the last record stays, and is all that is needed of it. So a record
//! holds the whole of what its key names, never a difference. Values are Avro (`schemas/state.avsc`) behind
//! the fingerprint of their schema; what was once written stays readable.

mod finding_image;
mod key;
mod record;

pub use finding_image::{
    EvidenceImage, FindingImage, LineImage, ResolvedByImage, SampleImage, ThresholdImage, WrittenImage,
};
pub use key::Key;
pub use record::{
    ChangelogError, HeardImage, InputImage, MarkImage, MetaImage, PolicyImage, RealmImage, STATE, State,
    StreamImage, decode, encode,
};

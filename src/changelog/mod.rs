//! The changelog: state as records of `tenure.state`, and back.

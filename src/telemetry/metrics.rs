//! The numbers a running Tenure gives about itself, in the text format of Prometheus.
//!
//! One registry a process. Names begin with `tenure_`, units stand in names, labels never hold an id of a
//! credential, a principal or an address.

//! The configuration of `tenure run`: one TOML file, checked as a whole before anything is opened.

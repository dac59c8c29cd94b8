//! The built-in policy as a file: every threshold with what it decides and why it has its value.
//!
//! It is a policy like any other: read back, it decides what the built-in values decide, but by lines that
//! can be cited.

use std::fmt::Write as _;

use crate::document::report::comment;
use crate::policy::MAX_SILENCE;
use crate::policy::keys::{KEYS, KeyRow, Scope, Value};

const HEAD: &str = "\
# Policy of Tenure: which thresholds hold for which credential.
#
# [defaults] holds for every credential, each [[rule]] for those that its `match` selects; the last rule
# that matches wins, per key. Spans are a whole number with a unit: s, min, h, d, w, y (365 d).
# `tenure policy check FILE` reports every mistake with its line and column.

# Realms (globs) and what they are; the last that matches wins. A finding in an environment that is not
# `production` or `prod` is one step less severe.
[environments]
# \"aws/111122223333\" = \"production\"
# \"vault/staging*\" = \"staging\"

# Ranges that count as one network: own egress, a provider's ranges. The longest prefix names an address.
[networks]
# office = [\"203.0.113.0/24\"]

# What began before this moment is baseline: shown, not urgent. Single events before it are history.
[adoption]
# effective_from = 2026-01-01T00:00:00Z
";

const COVERAGE: &str = "\
A stream that delivered nothing for longer than this has a gap: what was not logged then is not held to be
silence. Low-traffic logs are quiet over a weekend.";

const RULE_EXAMPLE: &str = "\
# A rule of your own. It can select by tenant, realm, source, kind, class, principal, owner, id,
# environment (globs) and privileged (true or false), switch detections off, and name the paragraph of
# your standard that findings are to cite.
#
# [[rule]]
# name = \"quarterly jobs\"
# match = { kind = \"aws.access_key\", principal = \"*:user/batch-*\" }
# dormant_after = \"100d\"
# dormant_high_after = \"200d\"
# off = [\"L05\"]
# policy_ref = \"IAM-STD-07 §4.2\"
";

/// The text of the default policy.
#[must_use]
pub fn default_text() -> String {
    let mut out = HEAD.to_owned();
    out.push('\n');
    comment(&mut out, COVERAGE);
    let _ = writeln!(out, "[coverage]\nmax_silence = {}\n\n[defaults]", Value::Span(MAX_SILENCE).to_toml());
    for (at, row) in KEYS.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        key(&mut out, row);
    }
    for (scope, why) in Scope::ALL {
        out.push('\n');
        rule(&mut out, *scope, why);
    }
    out.push('\n');
    out.push_str(RULE_EXAMPLE);
    out
}

fn key(out: &mut String, row: &KeyRow) {
    comment(out, &format!("{} [{}]", row.doc, row.used_by.join(", ")));
    comment(out, row.why);
    let _ = writeln!(out, "{} = {}", row.name, row.default.to_toml());
}

fn rule(out: &mut String, scope: Scope, why: &str) {
    let (field, name) = scope.selector();
    comment(out, why);
    let _ = writeln!(out, "[[rule]]\nname = \"built in for {name}\"\nmatch = {{ {field} = \"{name}\" }}");
    for row in KEYS {
        for (_, value) in row.scoped.iter().filter(|(of, _)| *of == scope) {
            let _ = writeln!(out, "{} = {}", row.name, value.to_toml());
        }
    }
}

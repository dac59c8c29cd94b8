//! Which control of which framework a detection gives evidence for. Versioned data, never a claim of
//! compliance: a standard names the control, the customer's own policy sets the number.

/// A control, by the id its framework gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Control {
    pub framework: &'static str,
    pub version: &'static str,
    pub id: &'static str,
}

const fn iso(id: &'static str) -> Control {
    Control { framework: "ISO/IEC 27001", version: "2022", id }
}

const fn nist(id: &'static str) -> Control {
    Control { framework: "NIST SP 800-53", version: "r5", id }
}

const fn nhi(id: &'static str) -> Control {
    Control { framework: "OWASP NHI Top 10", version: "2025", id }
}

const fn cis_aws(id: &'static str) -> Control {
    Control { framework: "CIS AWS Foundations", version: "5.0", id }
}

const fn attack(id: &'static str) -> Control {
    Control { framework: "MITRE ATT&CK", version: "v15", id }
}

const fn csf(id: &'static str) -> Control {
    Control { framework: "NIST CSF", version: "2.0", id }
}

const fn pci(id: &'static str) -> Control {
    Control { framework: "PCI DSS", version: "4.0", id }
}

/// A detection with the controls it gives evidence for, the most telling first.
type Row = (&'static str, &'static [Control]);

/// Sorted by detection.
pub static CROSSWALK: &[Row] = &[
    ("B11", &[iso("A.8.16"), nhi("NHI6"), attack("T1552.005")]),
    ("L01", &[iso("A.5.18"), nist("AC-2(3)"), csf("PR.AA-01"), nhi("NHI1"), cis_aws("1.11"), pci("8.2.6")]),
    ("L02", &[iso("A.5.18"), nist("AC-2(3)"), nhi("NHI1"), cis_aws("1.11")]),
    ("L03", &[iso("A.5.17"), nist("IA-5(f)"), nhi("NHI7"), cis_aws("1.13"), pci("8.6.3")]),
    ("L04", &[iso("A.5.17"), nist("IA-5(f)"), nhi("NHI7")]),
    ("L05", &[iso("A.5.17"), csf("PR.AA-01")]),
    ("L10", &[iso("A.5.17"), nhi("NHI7"), cis_aws("1.12")]),
    ("P01", &[iso("A.8.2"), nist("AC-6"), cis_aws("1.6")]),
    ("V01", &[iso("A.5.18"), nhi("NHI1"), attack("T1078.004"), attack("T1550.001")]),
    ("V02", &[iso("A.5.17"), nist("IA-5"), nhi("NHI7")]),
    ("V03", &[iso("A.5.17"), nhi("NHI7"), nhi("NHI9")]),
    ("V05", &[iso("A.5.18"), nhi("NHI1"), attack("T1078.004")]),
    ("V07", &[iso("A.5.18"), iso("A.8.16"), attack("T1078")]),
];

/// The controls of a detection.
#[must_use]
pub fn controls(detection: &str) -> &'static [Control] {
    CROSSWALK.iter().find(|(id, _)| *id == detection).map_or(&[], |(_, controls)| controls)
}

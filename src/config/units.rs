//! Times and sizes with their units, as people write them.

use std::time::Duration;

/// `50ms`, `2s`, `1min`.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = number_and_unit(text)?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}

/// `4096`, `512KiB`, `4MiB`, `1GiB`.
#[must_use]
pub fn bytes(text: &str) -> Option<usize> {
    let (number, unit) = number_and_unit(text)?;
    let shift = match unit {
        "" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return None,
    };
    usize::try_from(number.checked_mul(1 << shift)?).ok()
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    Some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit_and_a_size_may_have_one() {
        assert_eq!(duration("50ms"), Some(Duration::from_millis(50)));
        assert_eq!(duration("1min"), Some(Duration::from_mins(1)));
        assert_eq!(bytes("4096"), Some(4_096));
        assert_eq!(bytes("512MiB"), Some(512 << 20));
        for text in ["", "50", "ms", "1h", "-1s", "99999999999999999999ms", "18446744073709551615min"] {
            assert_eq!(duration(text), None, "{text}");
        }
        for text in ["", "MiB", "1MB", "-1KiB", "18446744073709551615GiB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}

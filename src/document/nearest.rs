//! "Did you mean": the known word that a mistyped one is nearest to.

/// ` (did you mean 'x'?)` where a known word is near enough to be meant, else nothing.
#[must_use]
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map(|near| format!(" (did you mean '{near}'?)")).unwrap_or_default()
}

/// The known word nearest to `word`, at most a third of its letters away; the first of equals.
fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|near| (distance(&word, &near.to_ascii_lowercase()), near))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, near)| near)
}

/// Letters to insert, remove, replace, or swap with their neighbour (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for (y, letter) in from.iter().enumerate() {
        let mut row = vec![y + 1];
        for (x, other) in to.iter().enumerate() {
            let replaced = rows[y][x] + usize::from(letter != other);
            let mut least = replaced.min(rows[y][x + 1] + 1).min(row[x] + 1);
            if x > 0 && y > 0 && *letter == to[x - 1] && from[y - 1] == *other {
                least = least.min(rows[y - 1][x - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_that_could_be_meant_is_offered() {
        let known = ["dormant_after", "dormant_high_after", "L05"];
        assert_eq!(nearest("dormant_aftr", known), Some("dormant_after"));
        assert_eq!(nearest("Dormant_After", known), Some("dormant_after"));
        assert_eq!(nearest("l05", known), Some("L05"));
        assert_eq!(nearest("nmae", ["match", "name"]), Some("name"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}

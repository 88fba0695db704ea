//! JUnit reports, as Jenkins reads them: made case by case, so that their size in
//! memory does not grow with the batch.

use quick_xml::escape::escape;

/// What became of one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case<'a> {
    /// All came out as expected.
    Passed,
    /// Something else came out: the message, and the proof line by line.
    Failed(&'a str, &'a [String]),
    /// It could not be run.
    Broken(&'a str),
}

/// How many cases there are, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    tests: u64,
    failures: u64,
    errors: u64,
}

impl Counts {
    /// Counts one case.
    pub fn add(&mut self, case: Case<'_>) {
        self.tests = self.tests.saturating_add(1);
        self.failures = self.failures.saturating_add(u64::from(matches!(case, Case::Failed(..))));
        self.errors = self.errors.saturating_add(u64::from(matches!(case, Case::Broken(_))));
    }
}

/// The beginning of a report. It is as long for any numbers, so that it can be
/// written over when they are known.
#[must_use]
pub fn begin(suite: &str, counts: Counts) -> String {
    let suite = plain(suite);
    let suite = escape(suite.as_str());
    let Counts { tests, failures, errors } = counts;
    // Space before the end of a tag means nothing; 90 columns hold three numbers.
    let numbers = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n \
         <testsuite name=\"{suite}\" {numbers:<90}>\n"
    )
}

/// The end of a report.
pub const END: &str = " </testsuite>\n</testsuites>\n";

/// One case; `group` is what it belongs to.
#[must_use]
pub fn case(group: &str, name: &str, case: Case<'_>) -> String {
    let (group, name) = (plain(group), plain(name));
    let (group, name) = (escape(group.as_str()), escape(name.as_str()));
    let head = format!("  <testcase classname=\"{group}\" name=\"{name}\"");
    let (kind, message, text) = match case {
        Case::Passed => return format!("{head}/>\n"),
        Case::Failed(message, proof) => ("failure", plain(message), plain(&proof.join("\n"))),
        Case::Broken(message) => ("error", plain(message), String::new()),
    };
    let (message, text) = (escape(message.as_str()), escape(text.as_str()));
    format!("{head}>\n   <{kind} message=\"{message}\">{text}</{kind}>\n  </testcase>\n")
}

/// Without the control characters that XML 1.0 does not allow.
fn plain(text: &str) -> String {
    let allowed = |c: char| match c {
        '\n' | '\t' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => !c.is_control(),
    };
    text.chars().map(|c| if allowed(c) { c } else { '\u{FFFD}' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_well_formed_whatever_stands_in_it() {
        let proof = ["RULE <x> [1,2]".to_owned()];
        let text = begin("a <suite> & \"more\"", Counts::default())
            + &case("group", "one\u{1}\u{FFFE}", Case::Passed)
            + &case("group", "two", Case::Failed("outcome: healthy, not expired", &proof))
            + &case("group", "three", Case::Broken("line 1, column 2"))
            + END;
        let space = " ".repeat(57);
        let expected = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n \
            <testsuite name=\"a &lt;suite&gt; &amp; &quot;more&quot;\" \
            tests=\"0\" failures=\"0\" errors=\"0\"{space}>\n  \
            <testcase classname=\"group\" name=\"one\u{FFFD}\u{FFFD}\"/>\n  \
            <testcase classname=\"group\" name=\"two\">\n   \
            <failure message=\"outcome: healthy, not expired\">RULE &lt;x&gt; [1,2]</failure>\n  \
            </testcase>\n  <testcase classname=\"group\" name=\"three\">\n   \
            <error message=\"line 1, column 2\"></error>\n  </testcase>\n \
            </testsuite>\n</testsuites>\n"
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn a_beginning_is_as_long_for_any_numbers() {
        let most = Counts { tests: u64::MAX, failures: u64::MAX, errors: u64::MAX };
        let short = begin("one", Counts::default());
        let mut some = Counts::default();
        for case in [Case::Passed, Case::Broken(""), Case::Failed("", &[])] {
            some.add(case);
        }
        assert_eq!(begin("one", most).len(), short.len());
        let some = begin("one", some);
        assert!(some.contains("tests=\"3\" failures=\"1\" errors=\"1\""), "{some}");
        assert_eq!(some.len(), short.len());
    }
}

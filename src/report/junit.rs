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

/// The beginning of a report.
#[must_use]
pub fn begin(suite: &str) -> String {
    let suite = plain(suite);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n <testsuite name=\"{}\">\n",
        escape(suite.as_str())
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
    let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().map(|c| if allowed(c) { c } else { '\u{FFFD}' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_well_formed_whatever_stands_in_it() {
        let proof = ["RULE <x> [1,2]".to_owned()];
        let text = begin("a <suite> & \"more\"")
            + &case("group", "one\u{1}", Case::Passed)
            + &case("group", "two", Case::Failed("outcome: healthy, not expired", &proof))
            + &case("group", "three", Case::Broken("line 1, column 2"))
            + END;
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n \
            <testsuite name=\"a &lt;suite&gt; &amp; &quot;more&quot;\">\n  \
            <testcase classname=\"group\" name=\"one\u{FFFD}\"/>\n  \
            <testcase classname=\"group\" name=\"two\">\n   \
            <failure message=\"outcome: healthy, not expired\">RULE &lt;x&gt; [1,2]</failure>\n  \
            </testcase>\n  <testcase classname=\"group\" name=\"three\">\n   \
            <error message=\"line 1, column 2\"></error>\n  </testcase>\n \
            </testsuite>\n</testsuites>\n";
        assert_eq!(text, expected);
    }
}

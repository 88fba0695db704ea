//! Looks at the certificate application: is there a key, are there certificates,
//! do they hold today, do they belong together?

use jiff::civil::Date;

use super::{Seen, holder};
use crate::certificate::{Certificate, Content, Malformed};
use crate::codec::text;
use crate::observe::{CertificateFile, Joined, Place, Target};
use crate::profile;
use crate::verdict::subject::Subject;
use crate::verdict::{CertificateLook, Context, Rule};

/// The public keys, of the signature and of the encryption certificate: two bytes
/// of unknown meaning, X, Y (EVO, HNQ, T10; the second by field notes).
const PUBLIC_KEYS: [(u16, u16); 2] = [(0x0018, 0x0012), (0x0019, 0x0014)];
const KEY_START: usize = 2;

pub(super) fn look(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
    wanted: CertificateLook,
) -> Option<Seen> {
    // One that did not open has no files to look at.
    if subject.opened.is_none() && wanted != CertificateLook::AdfMissing {
        return None;
    }
    match wanted {
        CertificateLook::AdfMissing => adf_missing(context),
        CertificateLook::KeyBlank => key_blank(context),
        CertificateLook::AllBlank => all_blank(context, rule),
        CertificateLook::SomeBlank => some_blank(context, rule),
        CertificateLook::Truncated => malformed(context, rule, Malformed::Truncated),
        CertificateLook::Foreign => malformed(context, rule, Malformed::NotX509),
        CertificateLook::NotSm2 => malformed(context, rule, Malformed::NotSm2),
        CertificateLook::Expired => expired(context, rule),
        CertificateLook::NotYetValid => not_yet_valid(context, rule),
        CertificateLook::KeyDiffers => key_differs(context, rule),
        CertificateLook::HolderDiffers => holder_differs(context, rule),
        CertificateLook::ChainBroken => chain_broken(context, rule),
        CertificateLook::ChainVerified => chain_verified(context, rule),
    }
}

/// The certificates that the rule looks at, as far as they were read.
fn files(context: &Context<'_>, rule: &Rule) -> impl Iterator<Item = CertificateFile> {
    let files = if rule.files.is_empty() { vec![rule.file] } else { rule.files.to_vec() };
    files.into_iter().filter_map(|fid| context.facts.certificate(fid))
}

/// Names the files, with all the exchanges that show it; nothing for none.
fn named(found: impl Iterator<Item = CertificateFile>) -> Option<Seen> {
    let (names, exchanges): (Vec<String>, Vec<Vec<u32>>) =
        found.map(|file| (format!("{:04X}", file.fid), file.exchanges)).unzip();
    if names.is_empty() { None } else { Seen::value(names.join(" "), exchanges.concat()) }
}

/// The files whose certificate is so.
fn those(context: &Context<'_>, rule: &Rule, fires: impl Fn(&Certificate) -> bool) -> Option<Seen> {
    named(files(context, rule).filter(
        |file| matches!(&file.content, Content::Certificate(certificate) if fires(certificate)),
    ))
}

/// The files that are wrong in this way.
fn malformed(context: &Context<'_>, rule: &Rule, how: Malformed) -> Option<Seen> {
    named(files(context, rule).filter(|file| file.content == Content::Malformed(how)))
}

/// All that were read are empty.
fn all_blank(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let blank = |file: &CertificateFile| file.content == Content::Blank;
    if files(context, rule).all(|file| blank(&file)) { named(files(context, rule)) } else { None }
}

/// Some are empty, and not all.
fn some_blank(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    if all_blank(context, rule).is_some() {
        return None;
    }
    named(files(context, rule).filter(|file| file.content == Content::Blank))
}

fn expired(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    dated(context, rule, |certificate| certificate.not_after, |date, day| date < day)
}

fn not_yet_valid(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    dated(context, rule, |certificate| certificate.not_before, |date, day| date > day)
}

/// The first certificate whose day lies on the wrong side; names the day.
fn dated(
    context: &Context<'_>,
    rule: &Rule,
    date: impl Fn(&Certificate) -> Date,
    fires: impl Fn(Date, Date) -> bool,
) -> Option<Seen> {
    files(context, rule).find_map(|file| {
        let Content::Certificate(certificate) = &file.content else { return None };
        let date = date(certificate);
        fires(date, context.day).then(|| Seen::value(date.to_string(), file.exchanges)).flatten()
    })
}

/// The public key that belongs to the certificate of a file.
fn key_file(context: &Context<'_>, certificate: u16) -> Option<Joined> {
    let (_, key) = PUBLIC_KEYS.into_iter().find(|(of, _)| *of == certificate)?;
    context.facts.joined(&Place::acse()?, key)
}

/// The environment opens, the ADF that holds the certificates does not.
fn adf_missing(context: &Context<'_>) -> Option<Seen> {
    let [_, adf, ..] = profile::application("acse")?.aids else { return None };
    let named = |target: &Target| matches!(target, Target::Name(name) if name == adf);
    let tried = context.facts.selections.iter().filter(|s| named(&s.target));
    let tried: Vec<_> = tried.collect();
    let refused = tried.first().filter(|_| !tried.iter().any(|s| s.is_ok()))?;
    Seen::value(refused.sw.to_string(), refused.exchanges.clone())
}

fn key_blank(context: &Context<'_>) -> Option<Seen> {
    let file = key_file(context, 0x0018)?;
    text::is_blank(&file.bytes).then(|| Seen::at(file.exchanges)).flatten()
}

/// Another key in the certificate than the card's. An empty key file says
/// nothing of it.
fn key_differs(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let file = key_file(context, *rule.files.first()?)?;
    let key = file.bytes.get(KEY_START..)?.first_chunk::<64>()?;
    if text::is_blank(&file.bytes) {
        return None;
    }
    let mut seen = those(context, rule, |certificate| {
        certificate.public_key.is_some_and(|public| public != *key)
    })?;
    seen.exchanges.extend(file.exchanges);
    Some(seen)
}

/// Another name or number in the certificate than in EF06. How issuers write
/// the holder is in no public text: only a name of Chinese characters without
/// the holder's in it, or another number of 18 places, is taken for another's.
fn holder_differs(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let (name, number) = (holder(context, 0x09), holder(context, 0x08));
    let mut exchanges: Vec<u32> = Vec::new();
    let mut differs = |certificate: &Certificate| {
        let other_name = name.as_ref().filter(|(name, _)| {
            let written = certificate.common_name().unwrap_or_default();
            let comparable = !written.is_ascii() && !text::has_private_use(name);
            comparable && !written.contains(name)
        });
        let other_number = number.as_ref().filter(|(number, _)| {
            let written = certificate.subject_texts.iter().find_map(|(_, t)| identity_number(t));
            written.is_some_and(|written| number.len() == written.len() && *number != written)
        });
        let found = other_name.or(other_number);
        exchanges.extend(found.iter().flat_map(|(_, proof)| proof.iter()));
        found.is_some()
    };
    let wrong: Vec<CertificateFile> = files(context, rule)
        .filter(|file| matches!(&file.content, Content::Certificate(found) if differs(found)))
        .collect();
    let mut seen = named(wrong.into_iter())?;
    seen.exchanges.extend(exchanges);
    Some(seen)
}

/// An identity number within a text: 17 digits, and a digit or X.
fn identity_number(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| {
        let (digits, last) = word.split_at_checked(17).unwrap_or_default();
        matches!(last.as_bytes(), [b'0'..=b'9' | b'X'])
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether one of the certificates that are trusted signed this one.
fn is_trusted(context: &Context<'_>, certificate: &Certificate) -> bool {
    context.trust.iter().any(|authority| certificate.is_signed_by(authority))
}

fn chain_broken(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    if context.trust.is_empty() {
        return None;
    }
    those(context, rule, |certificate| !is_trusted(context, certificate))
}

fn chain_verified(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    those(context, rule, |certificate| is_trusted(context, certificate))
}

//! Texts people read, by stable code, in Vietnamese and English.
//!
//! The texts are Fluent resources, one file an area and language, compiled in. A code is the same
//! snake_case word in reports, problems and logs; a test refuses a code that lacks one language.

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use unic_langid::LanguageIdentifier;

/// One statement in both languages, as reports carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Message {
    /// Vietnamese text.
    pub vi: String,
    /// English text.
    pub en: String,
}

/// The language an answer is given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Vietnamese, the default.
    Vi,
    /// English.
    En,
}

impl Default for Message {
    fn default() -> Self {
        Self::from(String::new())
    }
}

impl From<String> for Message {
    /// What is the same in both languages: figures, or words quoted from a document.
    fn from(text: String) -> Self {
        Self { vi: text.clone(), en: text }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Message {
    /// The text in one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

/// Resources by area: (area, Vietnamese, English).
const AREAS: &[(&str, &str, &str)] = &[
    ("common", include_str!("vi/common.ftl"), include_str!("en/common.ftl")),
    ("format", include_str!("vi/format.ftl"), include_str!("en/format.ftl")),
    ("profile", include_str!("vi/profile.ftl"), include_str!("en/profile.ftl")),
    ("pdf", include_str!("vi/pdf.ftl"), include_str!("en/pdf.ftl")),
    ("signature", include_str!("vi/signature.ftl"), include_str!("en/signature.ftl")),
];

/// The message `code` with `args` put in its places (`{ $name }` in the resource).
///
/// An unknown code gives the code itself in both languages; the test of this module keeps that
/// from shipping.
#[must_use]
pub fn message(code: &str, args: &[(&str, &str)]) -> Message {
    let mut fluent_args = FluentArgs::new();
    for (name, value) in args {
        fluent_args.set(*name, *value);
    }
    Message {
        vi: format(bundle(Language::Vi), code, &fluent_args),
        en: format(bundle(Language::En), code, &fluent_args),
    }
}

/// Whether `code` has a text in `language`.
#[must_use]
pub fn has(code: &str, language: Language) -> bool {
    bundle(language).has_message(code)
}

fn bundle(language: Language) -> &'static FluentBundle<FluentResource> {
    static VI: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    static EN: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    match language {
        Language::Vi => VI.get_or_init(|| load("vi", AREAS.iter().map(|(_, vi, _)| *vi))),
        Language::En => EN.get_or_init(|| load("en", AREAS.iter().map(|(_, _, en)| *en))),
    }
}

fn load(tag: &str, sources: impl Iterator<Item = &'static str>) -> FluentBundle<FluentResource> {
    let mut bundle =
        FluentBundle::new_concurrent(vec![tag.parse::<LanguageIdentifier>().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    for source in sources {
        // A broken line loses itself only; the test below counts what was read.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn format(bundle: &FluentBundle<FluentResource>, code: &str, args: &FluentArgs<'_>) -> String {
    let Some(pattern) = bundle.get_message(code).and_then(|found| found.value()) else {
        return code.to_owned();
    };
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(args), &mut errors).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn codes(source: &str) -> BTreeSet<String> {
        source
            .lines()
            .filter(|line| !line.starts_with(['#', ' ', '\t']))
            .filter_map(|line| line.split_once('=').map(|(code, _)| code.trim().to_owned()))
            .collect()
    }

    #[test]
    fn every_code_has_both_languages_and_stands_in_one_area_only() {
        let mut seen = BTreeSet::new();
        for (area, vi, en) in AREAS {
            assert_eq!(codes(vi), codes(en), "area {area}");
            for code in codes(vi) {
                assert!(has(&code, Language::Vi) && has(&code, Language::En), "{code} does not parse");
                assert!(seen.insert(code.clone()), "{code} stands twice");
            }
        }
    }
}

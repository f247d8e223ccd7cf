//! XML and HTML put together in memory: text and attributes escaped, characters that XML forbids left out
//! (XML 1.0, 2.2).

/// A document in the making.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Begins with what is given, as it is.
    pub(super) fn beginning(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// An element around `content`; `tag` may name attributes that are written as they are.
    pub(super) fn within(&mut self, tag: &str, content: impl FnOnce(&mut Self)) {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.0.extend(["<", tag, ">"]);
        content(self);
        self.0.extend(["</", name, ">"]);
    }

    /// An element with a text.
    pub(super) fn text(&mut self, tag: &str, text: &str) {
        self.within(tag, |inside| inside.put(text));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, tag: &str) {
        self.0.extend(["<", tag, "/>"]);
    }

    /// A text.
    pub(super) fn put(&mut self, text: &str) {
        let is_allowed = |letter: &char| {
            matches!(letter, '\t' | '\n' | '\r')
                || (*letter >= ' ' && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
        };
        for letter in text.chars().filter(is_allowed) {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\r' => self.0.push_str("&#13;"),
                other => self.0.push(other),
            }
        }
    }

    /// Markup that is whole already.
    pub(super) fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    /// The document.
    pub(super) fn done(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_markup_and_control_characters_stays_a_text() {
        let mut page = Markup::default();
        page.text("b class=\"name\"", "</b><script>\u{0}\u{b}&\"'");
        assert_eq!(page.done(), "<b class=\"name\">&lt;/b&gt;&lt;script&gt;&amp;&quot;&#39;</b>");
    }
}

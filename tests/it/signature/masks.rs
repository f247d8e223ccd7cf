//! Fields whose pictures hide what was signed, or show another value than they hold.

use super::forgeries::{Forger, Seal, stream};

#[test]
fn a_button_that_covers_text_and_letters_that_look_like_others_do_not_pass() {
    let forger = Forger::new();
    let paint = stream("/Type/XObject/Subtype/Form/BBox[0 0 200 30]", "1 1 1 rg 0 0 200 30 re f");
    let blank = stream("/Type/XObject/Subtype/Form/BBox[0 0 200 30]", "");
    // The text stands at (100, 700); the field says that it is on another page, and the page shows it all the same.
    for (rectangle, passes) in [("90 695 290 725", false), ("90 400 290 430", true)] {
        for page in ["/P 3 0 R", "/P 2 0 R", ""] {
            let button = |state: &str| {
                format!(
                    "<</Type/Annot/Subtype/Widget/FT/Btn/T(seen)/V/{state}/AS/{state}/Rect[{rectangle}]{page}/F 4/AP<</N<</Yes 14 0 R/Off 15 0 R>>>>>>"
                )
            };
            let mut raw =
                forger.signed_with(Seal::Plain, &[(13, &button("Off")), (14, &paint), (15, &blank)]);
            assert!(forger.passes(&raw.bytes), "{:#?}", forger.judge(&raw.bytes));
            raw.append(&[(13, &button("Yes"))], &[]);
            assert_eq!(
                forger.passes(&raw.bytes),
                passes,
                "{rectangle} {page}: {:#?}",
                forger.judge(&raw.bytes)
            );
        }
    }
    // A number whose digits are drawn by the glyphs of others, or by pictures that are called a font.
    let usual = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding<</Type/Encoding/Differences[39/quotesingle 49/one]>>>>";
    let swapped =
        "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding<</Type/Encoding/Differences[49/nine]>>>>";
    let nameless =
        "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding<</Type/Encoding/Differences[49/g1]>>>>";
    let drawn = "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/CharProcs<</one 15 0 R>>/Encoding<</Differences[49/one]>>/FirstChar 49/LastChar 49/Widths[9]>>";
    let field = |value: &str, picture: u32| {
        format!(
            "<</Type/Annot/Subtype/Widget/FT/Tx/T(number){value}/Rect[100 500 200 520]/P 3 0 R/F 4/AP<</N {picture} 0 R>>>>"
        )
    };
    let picture = |text: &str| {
        stream("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 16 0 R>>>>", text)
    };
    for (font, passes) in [(usual, true), (swapped, false), (nameless, false), (drawn, false)] {
        let mut raw = forger.signed_with(Seal::Plain, &[(13, &field("", 14)), (14, &blank), (15, &blank)]);
        let shown = picture("/Tx BMC BT /F1 12 Tf 2 4 Td (1) Tj ET EMC");
        raw.append(&[(13, &field("/V(1)", 17)), (16, font), (17, &shown)], &[]);
        assert_eq!(forger.passes(&raw.bytes), passes, "{font}: {:#?}", forger.judge(&raw.bytes));
    }
}

//! Remarks and further signatures over what was signed, however it was shown: text, drawings, pictures. What a reader saw
//! when it was signed must be what a reader sees.

use super::forgeries::{FORM, Forger, PAGE, Seal, stream};

/// Kinds of content that say the same without plain text, each with what it needs.
struct Shown {
    name: &'static str,
    content: String,
    resources: String,
    objects: Vec<(u32, String)>,
    /// On the page as well.
    annotation: &'static str,
}

fn shown() -> Vec<Shown> {
    let text = "BT /F1 24 Tf 100 700 Td (Pay 100 to the agency) Tj ET";
    let none = |name, content: &str, resources: &str| Shown {
        name,
        content: content.to_owned(),
        resources: resources.to_owned(),
        objects: vec![],
        annotation: "",
    };
    let tile = stream(
        "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 595 842]/XStep 595/YStep 842/Resources<</Font<</F1 5 0 R>>>>",
        text,
    );
    let mask = stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Group<</S/Transparency/CS/DeviceGray>>/Resources<</Font<</F1 5 0 R>>>>",
        &format!("1 g {text}"),
    );
    let picture: String =
        (0..8).map(|row| if row % 2 == 0 { "00FF00FF00FF00FF" } else { "FF00FF00FF00FF00" }).collect();
    let image = stream(
        "/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/ASCIIHexDecode",
        &format!("{picture}>"),
    );
    let nested: Vec<(u32, String)> = (0..60)
        .map(|depth| {
            let number = 50 + depth;
            let (inner, resources) = if depth == 59 {
                (text.to_owned(), "/Font<</F1 5 0 R>>".to_owned())
            } else {
                ("/N Do".to_owned(), format!("/XObject<</N {} 0 R>>", number + 1))
            };
            let entries = format!("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<<{resources}>>");
            (number, stream(&entries, &inner))
        })
        .collect();
    vec![
        none("text", text, ""),
        none(
            "faint drawing",
            "0.9 g 100 700 m 130 730 l 160 700 l 190 730 l 220 700 l 220 690 l 100 690 l f",
            "",
        ),
        none("drawing", "0 g 100 700 m 130 730 l 160 700 l 190 730 l 220 700 l 220 690 l 100 690 l f", ""),
        Shown {
            objects: vec![(50, tile)],
            ..none("pattern", "/Pattern cs /P scn 0 0 595 842 re f", "/Pattern<</P 50 0 R>>")
        },
        Shown {
            objects: vec![(50, mask)],
            ..none(
                "mask",
                "/M gs 0 g 0 0 595 842 re f",
                "/ExtGState<</M<</SMask<</S/Luminosity/G 50 0 R>>>>>>",
            )
        },
        Shown {
            objects: vec![(50, image)],
            ..none("picture", "q 200 0 0 40 100 690 cm /I Do Q", "/XObject<</I 50 0 R>>")
        },
        Shown { objects: nested, ..none("nested", "/N Do", "/XObject<</N 50 0 R>>") },
        Shown {
            annotation: " 50 0 R",
            objects: vec![(
                50,
                "<</Type/Annot/Subtype/FreeText/Rect[95 690 300 725]/DA(/F1 24 Tf)/Contents(Pay 100)/F 4>>"
                    .to_owned(),
            )],
            ..none("free text", "", "")
        },
    ]
}

impl Shown {
    fn page(&self) -> String {
        PAGE.replace("/XObject<</Im 12 0 R>>", &self.resources)
    }

    fn signed(&self, forger: &Forger, seal: Seal) -> crate::pdf::raw::Raw {
        let objects: Vec<(u32, &str)> =
            self.objects.iter().map(|(number, text)| (*number, text.as_str())).collect();
        // What stands for a field is an annotation here: the form names it in vain, as some programs write it.
        forger.signed_page(seal, self.annotation, (&self.page(), &self.content), &objects)
    }

    /// With one annotation more.
    fn with(&self, forger: &Forger, seal: Seal, annotation: &str, picture: &str) -> Vec<u8> {
        let mut raw = self.signed(forger, seal);
        let page = format!("<<{}/Annots[6 0 R 10 0 R{} 200 0 R]>>", self.page(), self.annotation);
        raw.append(&[(3, &page), (200, annotation), (201, picture)], &[]);
        raw.bytes
    }

    /// With a further signature that shows something.
    fn signed_again(&self, forger: &Forger, place: &str) -> Vec<u8> {
        let mut raw = self.signed(forger, Seal::Plain);
        let form = FORM.replace("10 0 R]", &format!("10 0 R{} 200 0 R]", self.annotation));
        let field = format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(More)/V 202 0 R/Rect[{place}]/P 3 0 R/F 132/AP<</N 201 0 R>>>>"
        );
        let page = format!("<<{}/Annots[6 0 R 10 0 R{} 200 0 R]>>", self.page(), self.annotation);
        raw.append(
            &[
                (1, &format!("<</Type/Catalog/Pages 2 0 R{form}>>")),
                (3, &page),
                (200, &field),
                (201, &white()),
                (202, &forger.dictionary(Seal::Plain)),
            ],
            &[],
        );
        forger.seal(&mut raw.bytes);
        raw.bytes
    }
}

fn white() -> String {
    stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 200 30]/Resources<</Font<</F1 5 0 R>>>>",
        "1 g 0 0 200 30 re f",
    )
}

#[test]
fn nothing_that_was_shown_is_covered_whatever_showed_it() {
    let forger = Forger::new();
    for one in shown() {
        for seal in [Seal::Plain, Seal::Certified(3)] {
            let over = |place: &str| {
                let stamp = format!("<</Type/Annot/Subtype/Stamp/Rect[{place}]/F 4/AP<</N 201 0 R>>>>");
                one.with(&forger, seal, &stamp, &white())
            };
            assert!(!forger.passes(&over("95 690 300 725")), "{}", one.name);
            // What is nested deeper than is painted may be anywhere.
            if one.name != "nested" {
                let beside = over("95 300 300 330");
                assert!(forger.passes(&beside), "{}: {:#?}", one.name, forger.judge(&beside));
            }
        }
        assert!(!forger.first_passes(&one.signed_again(&forger, "95 690 300 725")), "{}", one.name);
        if one.name != "nested" {
            let beside = one.signed_again(&forger, "95 300 300 330");
            assert!(forger.first_passes(&beside), "{}: {:#?}", one.name, forger.judge(&beside));
        }
    }
}

#[test]
fn only_light_highlights_lie_on_text() {
    let forger = Forger::new();
    let text = shown().remove(0);
    let multiply = "/Type/XObject/Subtype/Form/BBox[95 690 300 725]/Resources<</ExtGState<</M<</BM/Multiply>>>>/XObject<</Inner 202 0 R>>>>";
    let annotation = |kind: &str, more: &str| {
        format!(
            "<</Type/Annot/Subtype/{kind}/Rect[95 690 300 725]/QuadPoints[95 725 300 725 95 690 300 690]/F 4{more}>>"
        )
    };
    let picture = "/AP<</N 201 0 R>>";
    let cases = [
        ("light", annotation("Highlight", picture), "/M gs 1 1 0 rg 95 690 205 35 re f", true),
        ("light, by the viewer", annotation("Highlight", "/C[1 1 0.4]"), "", true),
        ("black", annotation("Highlight", picture), "/M gs 0 g 95 690 205 35 re f", false),
        ("black, by the viewer", annotation("Highlight", "/C[0 0 0]"), "", false),
        ("of no colour that is known", annotation("Highlight", ""), "", false),
        ("black, since nothing else was set", annotation("Highlight", picture), "/M gs 95 690 205 35 re f", false),
        ("yellow, cyan and magenta", annotation("Highlight", picture), "/M gs 1 1 0 rg 95 690 205 35 re f 0 1 1 rg 95 690 205 35 re f 1 0 1 rg 95 690 205 35 re f", false),
        ("a fat stroke", annotation("Highlight", picture), "/M gs 1 1 0 RG 40 w 95 707 m 300 707 l S", false),
        ("not darkening", annotation("Highlight", picture), "1 1 0 rg 95 690 205 35 re f", false),
        ("no more after it was restored", annotation("Highlight", picture), "q /M gs Q 1 1 0 rg 95 690 205 35 re f", false),
        ("white lines", annotation("StrikeOut", picture), "1 G 9 w 95 707 m 300 707 l S", false),
        ("one line", annotation("StrikeOut", picture), "0 G 1 w 95 707 m 300 707 l S", false),
        ("white lines under it", annotation("Underline", picture), "1 G 2 w 95 700 m 300 700 l 95 702 m 300 702 l S", false),
        ("a line elsewhere than it says", "<</Type/Annot/Subtype/Line/Rect[300 300 310 310]/L[95 707 300 707]/C[1 1 1]/BS<</W 40>>/F 4>>".to_owned(), "", false),
        ("ink elsewhere than it says", "<</Type/Annot/Subtype/Ink/Rect[300 300 310 310]/InkList[[95 707 300 707]]/C[1 1 1]/BS<</W 40>>/F 4>>".to_owned(), "", false),
        (
            "upright wherever that is",
            "<</Type/Annot/Subtype/Stamp/Rect[95 300 300 330]/F 20/AP<</N 201 0 R>>>>".to_owned(),
            "1 g 95 690 205 35 re f",
            false,
        ),
        ("a note's icon", "<</Type/Annot/Subtype/Text/Rect[100 722 100 722]/F 4/Contents(x)>>".to_owned(), "", false),
        ("a note beside", "<</Type/Annot/Subtype/Text/Rect[500 300 520 320]/F 4/Contents(x)>>".to_owned(), "", true),
        ("a note's window", "<</Type/Annot/Subtype/Popup/Rect[95 690 300 725]/F 4>>".to_owned(), "", true),
    ];
    for (name, annotation, content, passes) in cases {
        let file = text.with(&forger, Seal::Plain, &annotation, &stream(multiply, content));
        assert_eq!(forger.passes(&file), passes, "{name}: {:#?}", forger.judge(&file));
    }
}

#[test]
fn highlights_one_over_the_other_stay_light_together() {
    let forger = Forger::new();
    let text = shown().remove(0);
    let mut raw = text.signed(&forger, Seal::Plain);
    let colours = ["1 1 0", "0 1 1", "1 0 1"];
    let mut named = String::new();
    for (number, colour) in (200..).zip(colours) {
        named.push_str(&format!(" {number} 0 R"));
        let page = format!("<<{}/Annots[6 0 R 10 0 R{named}]>>", text.page());
        let highlight = format!(
            "<</Type/Annot/Subtype/Highlight/C[{colour}]/Rect[95 690 300 725]/QuadPoints[95 725 300 725 95 690 300 690]/F 4>>"
        );
        raw.append(&[(3, &page), (number, &highlight)], &[]);
        assert_eq!(forger.passes(&raw.bytes), number < 202, "{number}: {:#?}", forger.judge(&raw.bytes));
    }
}

#[test]
fn a_remark_that_is_moved_or_repainted_later_is_judged_where_it_is_then() {
    let forger = Forger::new();
    let text = shown().remove(0);
    let stamp = |place: &str| format!("<</Type/Annot/Subtype/Stamp/Rect[{place}]/F 4/AP<</N 201 0 R>>>>");
    let highlight = "<</Type/Annot/Subtype/Highlight/Rect[95 690 300 725]/F 4/AP<</N 201 0 R>>>>";
    let form =
        "/Type/XObject/Subtype/Form/BBox[95 690 300 725]/Resources<</ExtGState<</M<</BM/Multiply>>>>>>";
    let light = stream(form, "/M gs 1 1 0 rg 95 690 205 35 re f");
    let white = stream(form, "1 g 95 690 205 35 re f");
    let states = highlight.replace("/N 201 0 R", "/N 201 0 R/R 202 0 R");
    for (name, first, first_picture, second) in [
        ("moved", stamp("95 300 300 330"), &white, (200, stamp("95 690 300 725"))),
        ("repainted", highlight.to_owned(), &light, (201, white.clone())),
        ("another kind", highlight.to_owned(), &light, (200, highlight.replace("Highlight", "Stamp"))),
        ("another picture when it is pointed at", highlight.to_owned(), &light, (200, states)),
    ] {
        let mut raw = text.signed(&forger, Seal::Plain);
        let page = format!("<<{}/Annots[6 0 R 10 0 R 200 0 R]>>", text.page());
        raw.append(&[(3, &page), (200, &first), (201, first_picture)], &[]);
        assert!(forger.passes(&raw.bytes), "{name}: {:#?}", forger.judge(&raw.bytes));
        let (number, object) = second;
        raw.append(&[(number, &object), (202, &white)], &[]);
        assert!(!forger.passes(&raw.bytes), "{name}: {:#?}", forger.judge(&raw.bytes));
    }
}

//! In what kinds of file a measure can be taken.

use super::rule::Measure;

/// What kinds of file a rule is judged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// PDF with text.
    pub pdf: bool,
    /// DOCX.
    pub docx: bool,
    /// PDF that is a scan.
    pub scan: bool,
}

impl Measure {
    /// What kinds of file show it; in a DOCX some parts may still be left unchecked because only layout
    /// shows them.
    #[must_use]
    pub fn seen(&self) -> Seen {
        match self {
            Self::Paper { .. } | Self::Orientation { .. } => Seen { pdf: true, docx: true, scan: true },
            Self::ScanResolution { .. }
            | Self::ScanColour
            | Self::ScanRatio { .. }
            | Self::ScanText
            | Self::PdfVersion { .. } => Seen { pdf: false, docx: false, scan: true },
            Self::PartPlace { .. }
            | Self::SignatureColour { .. }
            | Self::SignatureTransparent { .. }
            | Self::SignatureBetween
            | Self::SealOverlap { .. }
            | Self::SealSize { .. } => Seen { pdf: true, docx: false, scan: false },
            _ => Seen { pdf: true, docx: true, scan: false },
        }
    }
}

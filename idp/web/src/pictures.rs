//! Pictures of the product's own pages, as its help shows them: one file for each language, at
//! `assets/help/{tag}/{name}.webp`, with twice as many pixels as a page gives it room for.

use crate::assets::Assets;

/// How many pixels of a picture stand in one pixel of a page.
const DENSITY: u32 = 2;

/// A picture as a page refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) url: String,
    /// Its width on the page.
    pub(crate) width: u32,
    /// Its height on the page.
    pub(crate) height: u32,
}

/// The name of a picture in one language, from its path in a theme.
pub(crate) fn name(path: &str) -> Option<&str> {
    let (_, name) = path.strip_prefix("assets/help/")?.split_once('/')?;
    name.strip_suffix(".webp").filter(|name| !name.contains('/'))
}

/// A picture in the first of some languages that has it.
///
/// # Errors
/// In words, when none has it or its file is no picture.
pub(crate) fn find(assets: &Assets, name: &str, tags: &[&str]) -> Result<Picture, String> {
    let mut paths = tags.iter().map(|tag| format!("help/{tag}/{name}.webp"));
    let found = paths.find_map(|path| Some((assets.url(&path)?, path)));
    let (url, path) = found.ok_or_else(|| format!("the theme has no picture {name}"))?;
    let size = assets.bytes(&path).and_then(|bytes| size(bytes));
    let (width, height) = size.ok_or_else(|| format!("assets/{path} is no WebP picture"))?;
    Ok(Picture { url, width: width.div_ceil(DENSITY), height: height.div_ceil(DENSITY) })
}

/// How many pixels a WebP picture is wide and high (RFC 9649 §2.4 to §2.7).
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let (head, data) = (bytes.get(..20)?, bytes.get(20..30)?);
    if &head[..4] != b"RIFF" || &head[8..12] != b"WEBP" {
        return None;
    }
    let number = |at: usize| u32::from(data[at]) | u32::from(data[at + 1]) << 8;
    let (width, height) = match &head[12..16] {
        b"VP8 " if data[3..6] == [0x9d, 0x01, 0x2a] => (number(6) & 0x3fff, number(8) & 0x3fff),
        b"VP8L" if data[0] == 0x2f => {
            let bits = number(1) | number(3) << 16;
            ((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1)
        }
        b"VP8X" => {
            let three = |at: usize| number(at) | u32::from(data[at + 2]) << 16;
            (three(4) + 1, three(7) + 1)
        }
        _ => return None,
    };
    (width > 0 && height > 0).then_some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webp(kind: &[u8; 4], data: [u8; 10]) -> Vec<u8> {
        [b"RIFF\x16\0\0\0WEBP", &kind[..], b"\x0a\0\0\0", &data[..]].concat()
    }

    #[test]
    fn every_kind_of_webp_tells_its_size_and_nothing_else_does() {
        // 1032 by 640 pixels each.
        let lossy = webp(b"VP8 ", [0, 0, 0, 0x9d, 0x01, 0x2a, 0x08, 0x44, 0x80, 0x42]);
        let lossless = webp(b"VP8L", [0x2f, 0x07, 0xc4, 0x9f, 0x00, 0, 0, 0, 0, 0]);
        let extended = webp(b"VP8X", [0, 0, 0, 0, 0x07, 0x04, 0, 0x7f, 0x02, 0]);
        for picture in [&lossy, &lossless, &extended] {
            assert_eq!(size(picture), Some((1032, 640)), "{picture:02x?}");
            for end in 0..picture.len() {
                assert_eq!(size(&picture[..end]), None, "cut at {end}");
            }
        }
        assert_eq!(size(&webp(b"ALPH", [0; 10])), None);
        assert_eq!(size(&webp(b"VP8 ", [0; 10])), None);
        assert_eq!(size(b"\x89PNG\r\n\x1a\n0123456789012345678901234567890"), None);
    }

    #[test]
    fn a_language_without_a_picture_shows_that_of_the_next() {
        let mut assets = Assets::default();
        let picture = webp(b"VP8X", [0, 0, 0, 0, 0x07, 0x04, 0, 0x7f, 0x02, 0]);
        assets.insert("help/en/log-in.webp", picture.clone().into());
        assets.insert("help/cy/log-in.webp", [&picture[..], b" "].concat().into());
        assets.insert("help/en/broken.webp", bytes::Bytes::from_static(b"PNG"));
        let find = |name: &str, tags: &[&str]| find(&assets, name, tags);
        let english = find("log-in", &["en", "en"]).expect("a picture");
        assert_eq!((english.width, english.height), (516, 320));
        assert!(english.url.ends_with("/help/en/log-in.webp"), "{}", english.url);
        assert_eq!(find("log-in", &["fr", "en"]), Ok(english));
        assert!(find("log-in", &["cy", "en"]).is_ok_and(|it| it.url.contains("/help/cy/")));
        assert_eq!(find("log-out", &["en"]), Err("the theme has no picture log-out".into()));
        let broken = "assets/help/en/broken.webp is no WebP picture";
        assert_eq!(find("broken", &["en"]), Err(broken.into()));
    }

    #[test]
    fn a_path_of_a_theme_tells_which_picture_it_is() {
        assert_eq!(name("assets/help/cy/log-in.webp"), Some("log-in"));
        for path in ["assets/help/log-in.webp", "assets/help/cy/log-in.png", "assets/mark.svg"] {
            assert_eq!(name(path), None, "{path}");
        }
    }
}

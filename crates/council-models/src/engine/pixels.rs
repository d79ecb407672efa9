//! From the `data:` URL of an image to its pixels, without trusting it: decoders in Rust, and limits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};
use std::io::Cursor;

/// Longest side, in pixels. Projectors see a few hundred to a few thousand.
const LONGEST_SIDE: u32 = 16_384;
/// Memory for decoding, in bytes: 50 megapixels with alpha, and what the decoder needs.
const MOST_BYTES: u64 = 256 << 20;

const REMEDY: &str = "send a PNG, JPEG or WebP file as `data:image/…;base64,…`";

/// An image as rows of red, green and blue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Three bytes for each pixel.
    pub rgb: Vec<u8>,
}

impl Pixels {
    /// Decodes an image, turned as its camera says, on white where it is transparent.
    ///
    /// # Errors
    /// What is wrong with it and what to send, in words.
    pub fn of_url(url: &str) -> Result<Self, String> {
        let Some(rest) = url.strip_prefix("data:") else {
            return Err(format!(
                "an image is given by an address, which models of this machine do not fetch; {REMEDY}"
            ));
        };
        let encoded = rest
            .split_once(',')
            .and_then(|(kind, encoded)| kind.ends_with(";base64").then_some(encoded))
            .ok_or_else(|| format!("an image's `data:` URL is not in base64; {REMEDY}"))?;
        let bytes = STANDARD
            .decode(encoded.trim())
            .map_err(|error| format!("an image's base64 is damaged ({error}); {REMEDY}"))?;
        Self::of_file(bytes).map_err(|error| format!("an image cannot be read ({error}); {REMEDY}"))
    }

    fn of_file(bytes: Vec<u8>) -> image::ImageResult<Self> {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(LONGEST_SIDE);
        limits.max_image_height = Some(LONGEST_SIDE);
        limits.max_alloc = Some(MOST_BYTES);
        reader.limits(limits);
        let mut decoder = reader.into_decoder()?;
        let orientation = decoder.orientation()?;
        let mut image = DynamicImage::from_decoder(decoder)?;
        image.apply_orientation(orientation);
        let (width, height) = (image.width(), image.height());
        let rgb = if image.color().has_alpha() {
            on_white(&image.into_rgba8())
        } else {
            image.into_rgb8().into_raw()
        };
        Ok(Self { width, height, rgb })
    }
}

fn on_white(image: &image::RgbaImage) -> Vec<u8> {
    let blend = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    image
        .pixels()
        .flat_map(|pixel| {
            let [red, green, blue, alpha] = pixel.0;
            [red, green, blue].map(|value| blend(value, alpha))
        })
        .collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgba, RgbaImage};

    fn url(image: &DynamicImage, format: ImageFormat) -> String {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        let kind = format.to_mime_type();
        format!("data:{kind};base64,{}", STANDARD.encode(bytes.into_inner()))
    }

    fn half_red() -> DynamicImage {
        let mut image = RgbaImage::from_pixel(5, 3, Rgba([255, 0, 0, 255]));
        image.put_pixel(4, 2, Rgba([0, 0, 0, 0]));
        image.put_pixel(3, 2, Rgba([0, 0, 0, 128]));
        image.into()
    }

    #[test]
    fn files_of_three_kinds_become_rows_of_pixels() {
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let pixels = Pixels::of_url(&url(&half_red(), format)).unwrap();
            assert_eq!((pixels.width, pixels.height, pixels.rgb.len()), (5, 3, 45));
            assert_eq!(pixels.rgb[..3], [255, 0, 0]);
            assert_eq!(
                pixels.rgb[42..],
                [255, 255, 255],
                "{format:?}: transparent is white"
            );
            assert_eq!(pixels.rgb[39..42], [127, 127, 127], "{format:?}: half a shade");
        }
        let opaque = DynamicImage::from(half_red().into_rgb8());
        let pixels = Pixels::of_url(&url(&opaque, ImageFormat::Jpeg)).unwrap();
        assert_eq!((pixels.width, pixels.height), (5, 3));
        assert!(
            pixels.rgb[0] > 200 && pixels.rgb[1] < 60,
            "{:?}",
            &pixels.rgb[..3]
        );
    }

    #[test]
    fn what_cannot_be_read_is_named_with_what_to_send() {
        let cut = {
            let whole = url(&half_red(), ImageFormat::Png);
            whole[..whole.len() - 24].to_owned()
        };
        let wide = url(&DynamicImage::new_rgb8(20_000, 1), ImageFormat::Png);
        for (url, why) in [
            ("https://example.org/cat.png", "an address"),
            ("data:image/png,abc", "not in base64"),
            ("data:image/png;base64,%%%", "base64 is damaged"),
            ("data:image/png;base64,aGVsbG8gdGhlcmU=", "cannot be read"),
            ("data:image/png;base64,", "cannot be read"),
            (&cut, "cannot be read"),
            (&wide, "cannot be read"),
        ] {
            let message = Pixels::of_url(url).unwrap_err();
            assert!(message.contains(why), "{message}");
            assert!(message.contains("PNG, JPEG or WebP"), "{message}");
        }
    }
}

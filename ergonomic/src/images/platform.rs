//! Platforms: written like `linux/arm64/v8`, and told to engines as JSON where these have several.

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::{Call, Error, printable};
use crate::raw::types::{ImageInspect, OciPlatform};
use crate::version::ApiVersion;

/// From here on engines take more than one platform for an archive.
const SEVERAL: ApiVersion = ApiVersion::new(1, 52);

fn parse(text: &str) -> Result<OciPlatform> {
    let parts: Vec<_> = text.split('/').collect();
    let (os, architecture, variant) = match parts[..] {
        [os, architecture] => (os, architecture, None),
        [os, architecture, variant] => (os, architecture, Some(variant)),
        _ => return Err(refused(text)),
    };
    let word = |text: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        !text.is_empty() && text.bytes().all(fits)
    };
    if !parts.iter().all(|part| word(part)) {
        return Err(refused(text));
    }
    Ok(OciPlatform {
        os: Some(os.to_owned()),
        architecture: Some(architecture.to_owned()),
        variant: variant.map(str::to_owned),
        ..Default::default()
    })
}

fn refused(text: &str) -> Error {
    Error::invalid(format!("`{}` is not a platform", printable(text)))
        .advising("write it like `linux/amd64` or `linux/arm/v7`")
}

/// A platform as a parameter that is JSON.
pub(crate) fn to_param(call: &Call, platform: &str) -> Result<String> {
    let platform = parse(platform).map_err(|error| error.during(call))?;
    // A struct of strings is always JSON.
    Ok(serde_json::json!(platform).to_string())
}

/// The same, where there may be none.
pub(crate) fn to_optional_param(call: &Call, platform: Option<&String>) -> Result<Option<String>> {
    platform
        .map(|platform| to_param(call, platform))
        .transpose()
}

/// The same, where there may be several.
pub(crate) fn to_params(call: &Call, platforms: &[String]) -> Result<Vec<String>> {
    platforms.iter().map(|text| to_param(call, text)).collect()
}

/// The same, for an archive.
pub(crate) fn to_archive_params(
    docker: &Docker,
    call: &Call,
    platforms: &[String],
) -> Result<Vec<String>> {
    let have = docker.api_version();
    if platforms.len() > 1 && have < SEVERAL {
        let error = Error::unsupported("more than one platform in an archive", SEVERAL, have);
        return Err(error.during(call));
    }
    to_params(call, platforms)
}

/// Whether the image is for this platform, as far as that is written.
pub(crate) fn fits(image: &ImageInspect, platform: &str) -> bool {
    let Ok(platform) = parse(platform) else {
        return false;
    };
    platform.os == image.os
        && platform.architecture == image.architecture
        && (platform.variant.is_none() || platform.variant == image.variant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_written_with_slashes() {
        let json = |text| serde_json::json!(parse(text).unwrap()).to_string();
        assert_eq!(
            json("linux/amd64"),
            r#"{"architecture":"amd64","os":"linux"}"#
        );
        assert_eq!(
            json("linux/arm/v7"),
            r#"{"architecture":"arm","os":"linux","variant":"v7"}"#
        );
        for bad in ["", "linux", "linux/", "/amd64", "a/b/c/d", "linux/amd 64"] {
            assert!(parse(bad).unwrap_err().is_invalid_input(), "{bad:?}");
        }
    }

    #[test]
    fn an_image_fits_what_is_written_of_a_platform() {
        let image = ImageInspect {
            os: Some("linux".to_owned()),
            architecture: Some("arm".to_owned()),
            variant: Some("v7".to_owned()),
            ..Default::default()
        };
        assert!(fits(&image, "linux/arm") && fits(&image, "linux/arm/v7"));
        assert!(!fits(&image, "linux/arm/v6") && !fits(&image, "linux/amd64"));
    }
}

//! `docker push`.

use serde_json::Value;

use super::reference::{Parts, is_id};
use super::{Image, platform};
use crate::answer::{Result, awaited};
use crate::error::{Call, Error};
use crate::operation;
use crate::progress::{Outcome, Progress, Step};
use crate::raw::ImagePushParams;
use crate::registry::{Auth, Credentials, Registry};
use crate::transport;

/// A push of an image; await it for what the registry has then, or watch it by
/// [`progress`](Push::progress).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Push {
    image: Image,
    credentials: Option<Credentials>,
    platform: Option<String>,
}

/// A push of all images of one name, whatever their tags; await it for what the registry has then.
///
/// See [`Push::all_tags`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PushAll {
    push: Push,
}

/// An image that a registry has.
///
/// See [`Image::push`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pushed {
    /// The tag that it has there.
    pub tag: String,
    /// The digest that it has there.
    pub digest: String,
    /// How many bytes its manifest has: that of the layers is not told.
    pub manifest_size: Option<u64>,
}

impl Image {
    /// Pushes this image to the registry that its name begins with: the one tagged `latest`, if
    /// no tag is named.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if this is an id or has a digest, for there
    /// is no pushing these. If the engine does not have the image, if the registry does not let
    /// you, and if it fails in the middle: as the engine puts it.
    ///
    /// # Dropping
    ///
    /// Dropping the future, or its [`Progress`], stops the push.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let image = docker.image("app").tag("registry.example.com/team/app:1.0").await?;
    /// let pushed = image.push().await?;
    /// println!("{}", pushed.digest);
    /// # Ok(()) }
    /// ```
    pub fn push(&self) -> Push {
        Push {
            image: self.clone(),
            credentials: None,
            platform: None,
        }
    }
}

impl Push {
    /// What to prove to the registry with, in place of what is
    /// [configured](crate::Docker::login).
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Only the image for this platform, such as `linux/arm64`, of several under one name.
    ///
    /// # API version
    ///
    /// Since 1.46.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platform = Some(platform.into());
        self
    }

    /// All images of this name, whatever their tags. Docker does this; Podman knows it not, and
    /// pushes the one tagged `latest`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for pushed in docker.image("registry.example.com/app").push().all_tags().await? {
    ///     println!("{}: {}", pushed.tag, pushed.digest);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn all_tags(self) -> PushAll {
        PushAll { push: self }
    }

    /// Begins the push, and gives its steps as a stream that ends in what was pushed.
    ///
    /// # Errors
    ///
    /// As for [`push`](Image::push).
    pub async fn progress(self) -> Result<Progress<Pushed>> {
        let call = self.call();
        let parts = self.parts(&call)?;
        let tag = parts.tag.unwrap_or("latest");
        self.begin(&call, Some(tag), LastPushed::default()).await
    }

    async fn send(self) -> Result<Pushed> {
        self.progress().await?.await
    }

    fn call(&self) -> Call {
        self.image.docker.call("push image").on(&self.image.name)
    }

    fn parts(&self, call: &Call) -> Result<Parts<'_>> {
        let parts = Parts::of(&self.image.name).map_err(|error| error.during(call))?;
        if parts.digest.is_some() || is_id(&self.image.name) {
            let error = Error::invalid("only names can be pushed, neither digests nor ids");
            return Err(error.advising("tag it, and push the tag").during(call));
        }
        Ok(parts)
    }

    async fn begin<T>(
        &self,
        call: &Call,
        tag: Option<&str>,
        outcome: impl Outcome<T> + 'static,
    ) -> Result<Progress<T>> {
        let docker = &self.image.docker;
        let parts = self.parts(call)?;
        let params = ImagePushParams {
            platform: platform::to_optional_param(call, self.platform.as_ref())?,
            tag: tag.map(str::to_owned),
            x_registry_auth: String::new(),
        };
        docker.allows(call, &params)?;
        let auth = Auth::new(
            docker,
            call,
            Registry::of_name(&self.image.name),
            self.credentials.as_ref(),
        );
        let begun = auth.begin(|header| {
            let params = ImagePushParams {
                x_registry_auth: header,
                ..params.clone()
            };
            async move {
                let request = docker.raw().image_push(parts.name, &params);
                operation::answered(call, request).await
            }
        });
        let (response, advice) = begun.await?;
        let body = transport::buffers(call, response.into_inner());
        Ok(Progress::new(body, call.clone(), outcome).if_refused(Some(advice)))
    }
}

awaited!(Push => Pushed);

impl PushAll {
    /// Begins the push, and gives its steps as a stream that ends in what was pushed.
    ///
    /// # Errors
    ///
    /// As for [`push`](Image::push); and if the name has a tag.
    pub async fn progress(self) -> Result<Progress<Vec<Pushed>>> {
        let call = self.push.call();
        if self.push.parts(&call)?.tag.is_some() {
            let error = Error::invalid("all tags are to be pushed, but one is named");
            return Err(error.during(&call));
        }
        self.push.begin(&call, None, Pushes::default()).await
    }

    async fn send(self) -> Result<Vec<Pushed>> {
        self.progress().await?.await
    }
}

awaited!(PushAll => Vec<Pushed>);

/// How many results are kept: far more than a repository has tags.
const MOST: usize = 65_536;

/// All that was pushed.
#[derive(Default)]
struct Pushes(Vec<Pushed>);

impl Outcome<Vec<Pushed>> for Pushes {
    fn see(&mut self, step: &Step) {
        let Some(pushed) = pushed(step) else { return };
        // Docker tells it twice: for people, and for programs.
        if self.0.last() != Some(&pushed) && self.0.len() < MOST {
            self.0.push(pushed);
        }
    }

    fn end(self: Box<Self>) -> Result<Vec<Pushed>> {
        Ok(self.0)
    }
}

/// The one that was pushed.
#[derive(Default)]
pub(crate) struct LastPushed(Pushes);

impl Outcome<Pushed> for LastPushed {
    fn see(&mut self, step: &Step) {
        self.0.see(step);
    }

    fn end(mut self: Box<Self>) -> Result<Pushed> {
        let pushed = self.0.0.pop();
        pushed.ok_or_else(|| Error::decode("the engine gave no digest of what it pushed"))
    }
}

/// What was pushed: an object of three fields, or from Podman a line that says the same.
fn pushed(step: &Step) -> Option<Pushed> {
    match step {
        Step::Aux(aux) => {
            let text = |key| aux.value.get(key).and_then(Value::as_str);
            Some(Pushed {
                tag: text("Tag")?.to_owned(),
                digest: text("Digest")?.to_owned(),
                manifest_size: aux.value.get("Size").and_then(Value::as_u64),
            })
        }
        Step::Status(status) => {
            let (tag, rest) = status.text.split_once(": digest: ")?;
            let (digest, size) = rest.split_once(" size: ")?;
            Some(Pushed {
                tag: tag.to_owned(),
                digest: digest.to_owned(),
                manifest_size: size.trim().parse().ok(),
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_pushed_is_told_in_two_ways() {
        let line = json!({"status": "1.0: digest: sha256:abc size: 527"});
        let object = json!({"progressDetail": {}, "aux": {"Tag": "1.0", "Digest": "sha256:abc", "Size": 527}});
        let other = json!({"aux": {"manifestPushedInsteadOfIndex": true}});
        let latest = json!({"status": "latest: digest: sha256:def size: x"});
        let mut pushes = Box::new(Pushes::default());
        for message in [line, object, other, latest] {
            pushes.see(&Step::of(message).unwrap());
        }
        let pushed = pushes.end().unwrap();
        let tags: Vec<_> = pushed.iter().map(|pushed| &*pushed.tag).collect();
        assert_eq!(tags, ["1.0", "latest"]);
        assert_eq!(pushed[0].digest, "sha256:abc");
        assert_eq!(pushed[0].manifest_size, Some(527));
        assert_eq!(pushed[1].manifest_size, None);
    }
}

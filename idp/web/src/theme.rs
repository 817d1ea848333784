//! A theme: templates, words and assets, the built-in ones with an operator's own on top, file by
//! file and message by message.
//!
//! Everything is read and compiled once, when the process starts; a mistake in a theme is an error
//! then and not on somebody's page.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use fluent_bundle::FluentValue;
use http::StatusCode;
use latchkey_core::Timestamp;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, context};
use rust_embed::RustEmbed;
use serde::Serialize;

use crate::assets::Assets;
use crate::escape::{self, Escaped};
use crate::headers::{self, Nonce};
use crate::i18n::{self, Args, Locale, Messages, MessagesError, Strings};
use crate::parts::{Form, Help, Text, Tone};
use crate::pictures::{self, Picture};
use crate::render::{FormPage, Frame, Page, Shown, in_language};
use crate::telephone;

mod mould;

use mould::Moulds;

#[derive(RustEmbed)]
#[folder = "../../themes/default"]
struct BuiltIn;

/// The language in which the built-in theme has every message.
pub(crate) const FIRST_LANGUAGE: &str = "en";

/// Why a page cannot be rendered.
pub type TemplateError = Error;

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// A file of the operator's theme cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of words or a template is no text.
    #[error("{0} is not UTF-8")]
    NotText(String),
    /// Words that cannot be read.
    #[error(transparent)]
    Messages(#[from] MessagesError),
    /// A template that does not compile.
    #[error("{}", crate::check::Finding::of(.0))]
    Template(#[from] Error),
}

/// A theme, ready to render.
#[derive(Debug)]
pub struct Theme {
    environment: Environment<'static>,
    strings: Arc<Strings>,
    assets: Arc<Assets>,
    /// None where an operator has templates of their own.
    moulds: Option<Moulds>,
}

pub(crate) type Files = BTreeMap<String, Cow<'static, [u8]>>;

impl Theme {
    /// The built-in theme, with the files of a folder on top.
    ///
    /// # Errors
    /// When a file cannot be read or is wrong.
    pub fn load(folder: Option<&Path>) -> Result<Self, ThemeError> {
        let mut files = built_in();
        let own = folder.map(read_own).transpose()?.unwrap_or_default();
        let (words, files_on_top): (Files, Files) =
            own.into_iter().partition(|(path, _)| path.starts_with("locales/"));
        let own_templates = files_on_top.keys().any(|path| is_template(path));
        files.extend(files_on_top);

        let mut messages = Vec::new();
        let mut assets = Assets::default();
        let mut templates = Vec::new();
        for (path, bytes) in files {
            if path.starts_with("locales/") {
                messages.extend(read_words(path, bytes, false)?);
            } else if let Some(path) = path.strip_prefix("assets/") {
                let bytes = match bytes {
                    // Part of the program: it is in memory once.
                    Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                    Cow::Owned(bytes) => bytes.into(),
                };
                assets.insert(path, bytes);
            } else if is_template(&path) {
                let source = text(&path, bytes)?;
                templates.push((path, source));
            }
        }
        for (path, bytes) in words {
            messages.extend(read_words(path, bytes, true)?);
        }
        let strings = Arc::new(Strings::new(FIRST_LANGUAGE, messages)?);
        let assets = Arc::new(assets);
        let mut environment = environment(&strings, &assets)?;
        for (path, source) in templates {
            environment.add_template_owned(path, source)?;
        }
        let moulds = (!own_templates).then(Moulds::default);
        Ok(Self { environment, strings, assets, moulds })
    }

    /// Its words.
    #[must_use]
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// Its style sheets, scripts and pictures.
    #[must_use]
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// A page as a response with status 200.
    #[must_use]
    pub fn render<P: Page>(&self, frame: &Frame, page: &P) -> Response {
        self.render_as(StatusCode::OK, frame, page)
    }

    /// A page as a response with another status.
    #[must_use]
    pub fn render_as<P: Page>(&self, status: StatusCode, frame: &Frame, page: &P) -> Response {
        Self::response::<P>(status, frame, self.html(frame, page))
    }

    /// A page that is nothing but a form as a response with status 200.
    #[must_use]
    pub fn render_form<P: FormPage>(&self, frame: &Frame, form: Form) -> Response {
        Self::response::<P>(StatusCode::OK, frame, self.form_html::<P>(frame, form))
    }

    fn response<P: Page>(
        status: StatusCode,
        frame: &Frame,
        html: Result<String, Error>,
    ) -> Response {
        let mut response = match html {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(template = P::TEMPLATE, "a page cannot be rendered: {error:#}");
                let words = "This page cannot be shown. Go back and try again.";
                (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
            }
        };
        headers::secure(response.headers_mut(), &frame.nonce, P::FORMS_LEAD_OUT, frame.https);
        response
    }

    /// A page as HTML.
    ///
    /// # Errors
    /// When the template asks for something that is not there.
    pub fn html<P: Page>(&self, frame: &Frame, page: &P) -> Result<String, Error> {
        self.page(self.shown(frame), page)
    }

    fn page<P: Page>(&self, shown: Shown, page: &P) -> Result<String, Error> {
        let help: Vec<&str> = page.help().into_iter().map(Help::slug).collect();
        let problem = page.problem();
        let tone = if problem.is_some() { Tone::Bad } else { page.tone() };
        self.environment.get_template(P::TEMPLATE)?.render(context! {
            frame => Value::from_object(shown),
            page => Value::from(Serde(page)),
            help => help,
            problem => Value::from(Serde(problem)),
            tone => Value::from(Serde(tone)),
        })
    }

    /// A page that is nothing but a form as HTML: what [`html`](Self::html) says, for less.
    ///
    /// # Errors
    /// When the template asks for something that is not there.
    pub fn form_html<P: FormPage>(&self, frame: &Frame, form: Form) -> Result<String, Error> {
        // Whatever joins these is either filled in, or of the key, or keeps a page from being kept:
        // what is of one reader must not be shown to the next. Forms show no times.
        let Frame {
            organisation,
            person,
            signal,
            locale: _,
            nonce: _,
            path: _,
            now: _,
            zone: _,
            https: _,
        } = frame;
        let plain = organisation.is_none() && person.is_none() && signal.is_none();
        let Some(moulds) = self.moulds.as_ref().filter(|_| plain) else {
            return self.html(frame, &P::new(form));
        };
        let others = || self.strings.locales().filter(|locale| *locale != frame.locale);
        let first = 2 + others().count();
        let mould = moulds.find(P::TEMPLATE, frame.locale, &form, || {
            let mut marked = frame.clone();
            (marked.nonce, marked.path) = (Nonce::of_text(mould::mark(0)), mould::mark(1));
            let mut number = 1;
            let shown = self.shown_as(&marked, |_| {
                number += 1;
                mould::mark(number)
            });
            self.page(shown, &P::new(mould::marked(&form, first)))
        })?;
        let Some(mould) = mould else { return self.html(frame, &P::new(form)) };
        let urls: Vec<String> =
            others().map(|locale| in_language(&frame.path, self.strings.tag(locale))).collect();
        let mut values = vec![frame.nonce.as_str(), frame.path.as_str()];
        values.extend(urls.iter().map(String::as_str));
        values.extend(mould::values(&form));
        Ok(mould.fill(&values))
    }

    /// A template that is no page, such as a letter, with what it is given as its `page`. What
    /// ends in `.txt` is plain text.
    ///
    /// # Errors
    /// When the template asks for something that is not there.
    pub fn fill<C: Serialize>(
        &self,
        template: &str,
        frame: &Frame,
        content: &C,
    ) -> Result<String, Error> {
        self.environment.get_template(template)?.render(context! {
            frame => Value::from_object(self.shown(frame)),
            page => Value::from(Serde(content)),
        })
    }

    /// A message by itself.
    ///
    /// # Errors
    /// When no language has it, or an argument is missing.
    pub fn say(&self, locale: Locale, text: &Text) -> Result<String, Error> {
        let pairs = text.args.iter();
        let pairs: Vec<_> =
            pairs.map(|(name, it)| (name.as_str(), Value::from(Serde(it)))).collect();
        let args: Args<'_> =
            pairs.iter().map(|(name, value)| (*name, argument(value, false))).collect();
        self.strings.say(locale, &text.key, &args).map_err(|error| failed(error.to_string()))
    }

    /// What a language is called by those who speak it; its tag, where the theme has no such
    /// language.
    #[must_use]
    pub fn language(&self, tag: &str) -> String {
        let known = self.strings.find(tag);
        let name = known.and_then(|locale| self.say(locale, &"language-name".into()).ok());
        name.unwrap_or_else(|| tag.to_owned())
    }

    fn shown(&self, frame: &Frame) -> Shown {
        self.shown_as(frame, |tag| in_language(&frame.path, tag))
    }

    /// A frame with the addresses of its page in other languages, which `url` tells by their tags.
    fn shown_as(&self, frame: &Frame, mut url: impl FnMut(&str) -> String) -> Shown {
        let others = self.strings.locales().filter(|locale| *locale != frame.locale);
        let languages = others
            .map(|locale| {
                let tag = self.strings.tag(locale);
                let name = self.strings.say(locale, "language-name", &Args::new());
                let url = url(tag);
                context! { tag, name => name.unwrap_or_else(|_| tag.to_owned()), url }
            })
            .collect();
        Shown {
            frame: frame.clone(),
            language: Value::from(self.strings.tag(frame.locale)),
            languages,
        }
    }
}

/// Whether a file of a theme is a template: a page, or one half of a letter.
pub(crate) fn is_template(path: &str) -> bool {
    path.ends_with(".html") || (path.starts_with("mail/") && path.ends_with(".txt"))
}

/// The built-in theme's files.
pub(crate) fn built_in() -> Files {
    BuiltIn::iter()
        .filter_map(|path| BuiltIn::get(&path).map(|file| (path.into_owned(), file.data)))
        .collect()
}

/// The files of an operator's theme.
pub(crate) fn read_own(folder: &Path) -> Result<Files, ThemeError> {
    let mut files = Files::new();
    read_folder(folder, "", &mut files)?;
    Ok(files)
}

/// An environment that reads templates as a theme's does, and has no functions.
pub(crate) fn syntax_only() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // An error would carry what its page shows of a person, and is logged.
    environment.set_debug(false);
    environment.set_syntax(syntax);
    environment.set_formatter(escape::formatter);
    Ok(environment)
}

fn environment(
    strings: &Arc<Strings>,
    assets: &Arc<Assets>,
) -> Result<Environment<'static>, Error> {
    let mut environment = syntax_only()?;

    let words = Arc::clone(strings);
    environment.add_function("t", move |state: &State<'_, '_>, what: Value, given: Kwargs| {
        if let Some(key) = what.as_str()
            && let Some(text) = words.fixed(shown(state)?.frame.locale, key)
        {
            return Ok::<_, Error>(Value::from(Arc::clone(text)));
        }
        Ok(Value::from(say(&words, state, &what, &given, false)?))
    });
    // A message with markup of its own: its arguments are escaped before they go in.
    let words = Arc::clone(strings);
    environment.add_function("markup", move |state: &State<'_, '_>, what: Value, given: Kwargs| {
        let said = say(&words, state, &what, &given, true)?;
        Ok::<_, Error>(Value::from_safe_string(said))
    });
    let words = Arc::clone(strings);
    environment.add_function("when", move |state: &State<'_, '_>, at: i64, given: Kwargs| {
        let inline: Option<bool> = given.get("inline")?;
        given.assert_all_used()?;
        let shown = shown(state)?;
        let frame = &shown.frame;
        let at = Timestamp::from_millis(at);
        let said = words.when(frame.locale, at, frame.now, &frame.zone, inline.unwrap_or(false));
        let said = said.map_err(|error| failed(error.to_string()))?;
        let machine = i18n::machine_time(at, &frame.zone);
        let said = Escaped(&said);
        Ok::<_, Error>(Value::from_safe_string(format!(
            "<time datetime=\"{machine}\">{said}</time>"
        )))
    });
    let words = Arc::clone(strings);
    environment.add_function("moment", move |state: &State<'_, '_>, at: i64| {
        let said = words.moment(shown(state)?.frame.locale, Timestamp::from_millis(at));
        said.map_err(|error| failed(error.to_string()))
    });
    let files = Arc::clone(assets);
    environment.add_function("asset", move |path: &str| {
        let url = files.url(path).map(Value::from_safe_string);
        url.ok_or_else(|| failed(format!("the theme has no asset {path}")))
    });
    let (files, words) = (Arc::clone(assets), Arc::clone(strings));
    environment.add_function("picture_of", move |state: &State<'_, '_>, name: &str| {
        let tag = words.tag(shown(state)?.frame.locale);
        let found = pictures::find(&files, name, &[tag, FIRST_LANGUAGE]).map_err(failed)?;
        let Picture { url, width, height } = found;
        Ok::<_, Error>(context! { url => Value::from_safe_string(url), width, height })
    });
    environment.add_function("help_url", |state: &State<'_, '_>, slug: &str| {
        let help = Help::parse(slug);
        let help = help.ok_or_else(|| failed(format!("there is no help page {slug}")))?;
        let frame = shown(state)?;
        let organisation = frame.frame.organisation.as_ref().map(|it| it.slug.as_str());
        Ok::<_, Error>(Value::from_safe_string(help.url(organisation)))
    });
    environment.add_filter("initials", initials);
    environment.add_filter("telephone", telephone::address);
    environment
        .add_filter("telephones", |text: &str| Value::from_safe_string(telephone::linked(text)));
    Ok(environment)
}

fn failed(why: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

fn shown(state: &State<'_, '_>) -> Result<Arc<Shown>, Error> {
    let frame = state.lookup("frame").and_then(|frame| frame.downcast_object::<Shown>());
    frame.ok_or_else(|| failed("a page has no frame".to_owned()))
}

/// Says a message: by its key with keyword arguments, or a `Text` (`key` and `args`).
fn say(
    strings: &Strings,
    state: &State<'_, '_>,
    what: &Value,
    given: &Kwargs,
    escape: bool,
) -> Result<String, Error> {
    let locale = shown(state)?.frame.locale;
    let (key, text_args) = match what.kind() {
        ValueKind::String => (what.clone(), Value::UNDEFINED),
        _ => (what.get_attr("key")?, what.get_attr("args")?),
    };
    let key = key.as_str().ok_or_else(|| failed("a message key is no text".to_owned()))?;
    let mut pairs: Vec<(String, Value)> = Vec::new();
    if !text_args.is_undefined() {
        for name in text_args.try_iter()? {
            pairs.push((name.to_string(), text_args.get_item(&name)?));
        }
    }
    for name in given.args() {
        pairs.push((name.to_owned(), given.get(name)?));
    }
    let args: Args<'_> =
        pairs.iter().map(|(name, value)| (name.as_str(), argument(value, escape))).collect();
    strings.say(locale, key, &args).map_err(|error| failed(error.to_string()))
}

/// A value as an argument: whole numbers stay numbers, so that plural rules see them.
fn argument(value: &Value, escape: bool) -> FluentValue<'_> {
    if value.kind() == ValueKind::Number
        && let Ok(number) = i64::try_from(value.clone())
    {
        return number.into();
    }
    let text = value.to_string();
    if escape && !value.is_safe() { Escaped(&text).to_string().into() } else { text.into() }
}

/// The first letters of the first two words: what stands on an organisation's plate.
fn initials(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter_map(|word| word.chars().next()).take(2).flat_map(char::to_uppercase).collect()
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), ThemeError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| ThemeError::Io { path, source }
    };
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let entry = entry.map_err(io(folder))?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let kind = fs::metadata(&path).map_err(io(&path))?;
        if kind.is_dir() {
            read_folder(&path, &format!("{prefix}{name}/"), files)?;
        } else if !kind.is_file() {
            // Reading a pipe or a device may never end.
            return Err(io(&path)(io::Error::other("this is neither a file nor a folder")));
        } else {
            let bytes = fs::read(&path).map_err(io(&path))?;
            files.insert(format!("{prefix}{name}"), bytes.into());
        }
    }
    Ok(())
}

fn read_words(
    path: String,
    bytes: Cow<'static, [u8]>,
    overrides: bool,
) -> Result<Option<Messages>, ThemeError> {
    let mut parts = path.split('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some(tag), Some(file)) if file.ends_with(".ftl") => {
            let tag = tag.to_owned();
            let source = text(&path, bytes)?;
            Ok(Some(Messages { tag, file: path, source, overrides }))
        }
        _ => Ok(None),
    }
}

/// A text, without the byte order mark that some editors put before it.
pub(crate) fn text(path: &str, bytes: Cow<'static, [u8]>) -> Result<String, ThemeError> {
    let text =
        String::from_utf8(bytes.into_owned()).map_err(|_| ThemeError::NotText(path.to_owned()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests;

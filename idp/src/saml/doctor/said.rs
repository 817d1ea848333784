//! Every sentence of the doctor: its code, its values by their names, and its English words. The
//! code and the names are the API's, and stay; consoles say the same in other languages.
//!
//! Nothing else writes a sentence, and nothing here judges.

mod advice;
mod answer;
mod message;
mod reason;
mod registration;
mod request;
mod signature;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;

pub(super) use advice::Advice;
pub(super) use answer::OfAnswer;
pub(super) use message::{About, OfMessage};
pub(super) use reason::{BrokenBase64, Reason};
pub(super) use registration::OfRegistration;
pub(super) use request::OfRequest;
pub(super) use signature::OfSignature;
pub(super) use values::{
    Apart, Differ, Element, Meaning, OurKey, Quoted, Quotes, Slip, Soundly, Strength, all_quoted,
    quoted,
};

/// A sentence, as programs and as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) code: &'static str,
    pub(super) values: BTreeMap<String, String>,
    /// In plain English.
    pub(super) words: String,
}

/// Defines sentences: of each, its name and values, its code, and its English words, which name the
/// values. What is not a value itself is put together after the words.
macro_rules! sentences {
    ($(#[$about:meta])* $name:ident {
        $($variant:ident $({ $($field:ident: $type:ty),+ })? = $code:literal: $english:literal
            $(, $more:ident = $made:expr)*;)+
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(in crate::saml::doctor) enum $name {
            $($variant $({ $($field: $type),+ })?),+
        }

        impl From<$name> for super::Said {
            fn from(said: $name) -> Self {
                match &said {
                    $($name::$variant $({ $($field),+ })? => Self {
                        code: $code,
                        values: std::collections::BTreeMap::from([$($((
                            stringify!($field).to_owned(),
                            super::values::Value::plain($field),
                        )),+)?]),
                        words: std::fmt::format(format_args!($english $(, $more = $made)*)),
                    },)+
                }
            }
        }

        #[cfg(test)]
        impl $name {
            /// Every code, with the names of its values.
            pub(super) const CODES: &[(&str, &[&str])] =
                &[$(($code, &[$($(stringify!($field)),+)?])),+];

            /// Every sentence, with the values of this number.
            pub(super) fn samples(number: usize) -> Vec<Self> {
                let _ = number;
                vec![$(Self::$variant $({
                    $($field: <$type as super::values::Value>::sample(number)),+
                })?),+]
            }
        }
    };
}
use sentences;

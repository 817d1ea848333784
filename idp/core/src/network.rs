//! Networks as settings and policies name them: `10.20.0.0/16`, `::1`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Why a text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// It is neither an address nor one with a number of bits.
    #[error("is an address such as 10.0.0.7 or a network such as 10.20.0.0/16")]
    Malformed,
    /// Bits are set that do not count: one of the two is a slip.
    #[error("has bits set beyond its /length")]
    Beyond,
}

impl Network {
    /// Whether an address lies inside.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                (u32::from(own) ^ u32::from(other)) & mask == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                (u128::from(own) ^ u128::from(other)) & mask == 0
            }
            _ => false,
        }
    }

    fn has_bits_beyond(&self) -> bool {
        match self.address {
            IpAddr::V4(own) => u32::from(own).checked_shl(self.bits.into()).unwrap_or(0) != 0,
            IpAddr::V6(own) => u128::from(own).checked_shl(self.bits.into()).unwrap_or(0) != 0,
        }
    }
}

impl From<IpAddr> for Network {
    /// The one address alone.
    fn from(address: IpAddr) -> Self {
        Self { address, bits: if address.is_ipv4() { 32 } else { 128 } }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| NetworkError::Malformed)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits.trim().parse().map_err(|_| NetworkError::Malformed)?,
        };
        if bits > most {
            return Err(NetworkError::Malformed);
        }
        let network = Self { address, bits };
        if network.has_bits_beyond() { Err(NetworkError::Beyond) } else { Ok(network) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|why| de::Error::custom(format_args!("\"{text}\" {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        let network: Network = network.parse().expect("a network");
        network.contains(address.parse().expect("an address"))
    }

    #[test]
    fn an_address_lies_in_a_network_when_the_leading_bits_agree() {
        assert!(contains("10.20.0.0/16", "10.20.255.1"));
        assert!(contains("10.20.0.0/16", "::ffff:10.20.0.1"), "as dual-stack listeners see it");
        assert!(contains("0.0.0.0/0", "192.0.2.1"));
        assert!(contains("::1", "::1"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1"));
    }

    #[test]
    fn an_address_outside_or_of_the_other_family_does_not() {
        assert!(!contains("10.20.0.0/16", "10.21.0.0"));
        assert!(!contains("127.0.0.1", "127.0.0.2"));
        assert!(!contains("0.0.0.0/0", "::1"));
        assert!(!contains("::/0", "10.0.0.1"));
    }

    #[test]
    fn slips_are_refused() {
        let read = |text: &str| text.parse::<Network>();
        assert_eq!(read("10.20.0.1/16"), Err(NetworkError::Beyond));
        assert_eq!(read("10.20.0.0/33"), Err(NetworkError::Malformed));
        assert_eq!(read("10.20.0.0/"), Err(NetworkError::Malformed));
        assert_eq!(read("localhost"), Err(NetworkError::Malformed));
    }
}

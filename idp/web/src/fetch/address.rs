//! Which addresses belong to the public internet, and which to somebody's own network.
//!
//! Pure. Everything that is not known to be public is not: the IANA special-purpose registries
//! (RFC 6890, RFC 8190), multicast, and IPv4 addresses inside IPv6 ones in every known form.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not the public internet: address and leading bits.
const NOT_PUBLIC_V4: [([u8; 4], u32); 18] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // Shared by carriers (RFC 6598).
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Clouds tell secrets of their machines here.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    // Relays of 6to4 (RFC 7526).
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Whether an address belongs to the public internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let inside = |(network, bits): ([u8; 4], u32)| {
        let mask = u32::MAX << (32 - bits);
        (u32::from(address) ^ u32::from_be_bytes(network)) & mask == 0
    };
    !NOT_PUBLIC_V4.into_iter().any(inside)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // `::ffff:10.0.0.1` is 10.0.0.1 to the system (RFC 4291 §2.5.5.2).
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let [a, b, c, d, e, f, g, h] = address.segments();
    let embedded = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    // A translator sends it on to the IPv4 address at its end (RFC 6052 §2.1). Translators with
    // a prefix of their own cannot be told from anything else.
    if (a, b, c, d, e, f) == (0x64, 0xff9b, 0, 0, 0, 0) {
        return is_public_v4(embedded(g, h));
    }
    // Only 2000::/3 is given out for unicast (RFC 4291 §2.4); 6to4 and Teredo, which carry an
    // IPv4 address, are in disuse and refused whatever they carry.
    let unicast = a & 0xe000 == 0x2000;
    let protocols = a == 0x2001 && b < 0x0200;
    let documentation = (a, b) == (0x2001, 0x0db8) || (a == 0x3fff && b < 0x1000);
    let six_to_four = a == 0x2002;
    let direct_delegation = (a, b, c) == (0x2620, 0x004f, 0x8000);
    // ISATAP: the IPv4 address stands at the end of an address of any network (RFC 5214 §6.1).
    let isatap = e & !0x0200 == 0 && f == 0x5efe;
    unicast && !protocols && !documentation && !six_to_four && !direct_delegation && !isatap
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(address: &str) -> bool {
        is_public(address.parse().expect("an address"))
    }

    #[test]
    fn hosts_of_the_internet_are_public() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2a00:1450:4009::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn networks_of_ones_own_are_not_public_from_their_first_address_to_their_last() {
        for address in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!public(address), "{address}");
        }
    }

    #[test]
    fn networks_of_ones_own_in_ipv6_are_not_public() {
        for address in [
            "::",
            "::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "ff0e::1",
            "100::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "3fff::1",
            "5f00::1",
            "4000::1",
        ] {
            assert!(!public(address), "{address}");
        }
    }

    #[test]
    fn an_ipv4_address_inside_an_ipv6_one_is_found() {
        for address in [
            "::ffff:127.0.0.1",
            "::ffff:7f00:1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::10.0.0.1",
            "2002:7f00:1::1",
            "2002:a00:1::",
            "2001:0:4136:e378:8000:63bf:80ff:fffe",
            "2a00:1450:4009::5efe:10.0.0.1",
            "2a00:1450:4009::200:5efe:10.0.0.1",
        ] {
            assert!(!public(address), "{address}");
        }
    }
}

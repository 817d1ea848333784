//! Builds the crate anew when a file of the themes comes or goes: what is embedded is listed at
//! compile time, and a file that is new is in no list yet.

fn main() {
    println!("cargo:rerun-if-changed=../../themes");
}

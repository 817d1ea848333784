//! OpenID Connect and OAuth 2 over the wire. Names are sentences of the specifications; what has to
//! work stands beside what somebody would try.

mod assertion;
mod audience;
mod authorize;
mod code;
mod discovery;
mod flow;
mod hostile;
mod interaction;
mod logout;
mod refresh;
mod released;
mod service;
mod userinfo;

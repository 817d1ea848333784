"""A relying party on Authlib. Argument: its setup as JSON. Prints one JSON object a line: first
where the browser goes; then, once told on standard input where it came back to, what it got, or an
error.
"""

import json
import sys
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

TIMEOUT = 30


def say(value):
    print(json.dumps(value), flush=True)


class Refused(Exception):
    def __init__(self, error, message):
        super().__init__(message)
        self.error = error


def check(condition, error, message):
    if not condition:
        raise Refused(error, message)


def verified(id_token, access_token, setup, metadata, keys, nonce):
    algorithm = setup["id_token_signed_response_alg"] or "RS256"
    supported = metadata["id_token_signing_alg_values_supported"]
    check(algorithm in supported, "alg", f"{algorithm} is not among {supported}")
    token = jwt.decode(id_token, keys, algorithms=[algorithm])
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": setup["client_id"]},
        },
        params={
            "client_id": setup["client_id"],
            "access_token": access_token,
            "nonce": nonce,
            "max_age": setup["parameters"].get("max_age"),
        },
    )
    claims.validate(leeway=5)
    return dict(claims)


def main():
    setup = json.loads(sys.argv[1])
    session = OAuth2Session(
        setup["client_id"],
        setup["client_secret"],
        token_endpoint_auth_method=setup["auth_method"],
        redirect_uri=setup["redirect_uri"],
        scope=setup["scope"],
        # Tokens of short life are used to their end.
        leeway=0,
        code_challenge_method="S256",
    )
    session.trust_env = False
    # `OAuth2Session` refuses requests without a token unless told so.
    fetch = {"withhold_token": True, "timeout": TIMEOUT}
    discovery = setup["issuer"].rstrip("/") + "/.well-known/openid-configuration"
    metadata = session.get(discovery, **fetch).json()
    check(metadata["issuer"] == setup["issuer"], "issuer", "the provider tells another issuer")
    keys = KeySet.import_key_set(session.get(metadata["jwks_uri"], **fetch).json())

    verifier, nonce = generate_token(48), generate_token(24)
    authorization_url, state = session.create_authorization_url(
        metadata["authorization_endpoint"],
        code_verifier=verifier,
        nonce=nonce,
        **setup["parameters"],
    )
    say({"authorization_url": authorization_url})

    callback = sys.stdin.readline().strip()
    query = {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}
    if metadata.get("authorization_response_iss_parameter_supported"):
        check(query.get("iss") == metadata["issuer"], "iss", "the answer names another issuer")
    # Authlib leaves refusals to its caller: without a code it would ask for another grant.
    check(query.get("state") == state, "state", "the answer has another state")
    if "error" in query:
        raise Refused(query["error"], query.get("error_description", ""))
    token = session.fetch_token(
        metadata["token_endpoint"],
        authorization_response=callback,
        state=state,
        code_verifier=verifier,
        timeout=TIMEOUT,
    )
    access_token = token["access_token"]
    claims = verified(token["id_token"], access_token, setup, metadata, keys, nonce)

    def userinfo():
        answer = session.get(metadata["userinfo_endpoint"], timeout=TIMEOUT)
        answer.raise_for_status()
        check(answer.json()["sub"] == claims["sub"], "sub", "userinfo is about somebody else")
        return answer.json()

    about = userinfo()
    refreshed = []
    first = current = token.get("refresh_token")
    while current and len(refreshed) < 2:
        answer = dict(
            session.refresh_token(
                metadata["token_endpoint"], refresh_token=current, timeout=TIMEOUT
            )
        )
        userinfo()
        if "id_token" in answer:
            renewed = verified(
                answer["id_token"], answer["access_token"], setup, metadata, keys, None
            )
            check(renewed["sub"] == claims["sub"], "sub", "the ID token is about somebody else")
            answer["claims"] = renewed
        refreshed.append(answer)
        current = answer.get("refresh_token", current)
    reuse_error = None
    if first and setup["reuse_refresh_token"]:
        reuse_error = "none"
        try:
            session.refresh_token(metadata["token_endpoint"], refresh_token=first, timeout=TIMEOUT)
        except Exception as error:
            reuse_error = getattr(error, "error", str(error))
    end_session_url = None
    if "end_session_endpoint" in metadata and setup["post_logout_redirect_uri"]:
        parameters = {
            "id_token_hint": token["id_token"],
            "post_logout_redirect_uri": setup["post_logout_redirect_uri"],
        }
        end_session_url = f"{metadata['end_session_endpoint']}?{urlencode(parameters)}"
    say(
        {
            "claims": claims,
            "userinfo": about,
            "refreshed": refreshed,
            "reuse_error": reuse_error,
            "end_session_url": end_session_url,
        }
    )


try:
    main()
except Exception as error:
    name = getattr(error, "error", None) or type(error).__name__
    say({"error": name, "message": str(error) or repr(error)})
    sys.exit(1)

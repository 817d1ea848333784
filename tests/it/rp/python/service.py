"""A service account on Authlib, which keeps its key to itself. Argument: its setup as JSON. Prints
one JSON object a line: first its public key; then, once told to go on, the token endpoint's
answer, or an error.
"""

import json
import sys

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey, RSAKey

TIMEOUT = 30


def say(value):
    print(json.dumps(value), flush=True)


def main():
    setup = json.loads(sys.argv[1])
    algorithm = setup["algorithm"]
    if algorithm == "ES256":
        key = ECKey.generate_key("P-256", private=True)
    else:
        key = RSAKey.generate_key(2048, private=True)
    say({"jwk": key.as_dict(private=False)})
    sys.stdin.readline()

    session = OAuth2Session(
        setup["client_id"],
        key,
        token_endpoint_auth_method="private_key_jwt",
        scope=setup["scope"],
    )
    session.trust_env = False
    discovery = setup["issuer"].rstrip("/") + "/.well-known/openid-configuration"
    metadata = session.get(discovery, withhold_token=True, timeout=TIMEOUT).json()
    endpoint = metadata["token_endpoint"]
    session.register_client_auth_method(PrivateKeyJWT(endpoint, alg=algorithm))
    token = session.fetch_token(
        endpoint,
        grant_type="client_credentials",
        resource=setup["resource"],
        timeout=TIMEOUT,
    )
    say(dict(token))


try:
    main()
except Exception as error:  # Whatever it is, the test tells it.
    say({"error": getattr(error, "error", type(error).__name__), "message": str(error)})
    sys.exit(1)

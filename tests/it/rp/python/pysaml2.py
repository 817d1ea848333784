"""A service provider on pysaml2, which verifies and decrypts with the program xmlsec1, with every
check that it has. See `conversation.py` for how it is spoken with.
"""

from base64 import b64encode
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from conversation import check, converse
from lxml import etree
from saml2 import BINDING_HTTP_ARTIFACT, BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor
from saml2.sigver import verify_redirect_signature
from saml2.time_util import in_a_while
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

BINDINGS = {
    "redirect": BINDING_HTTP_REDIRECT,
    "post": BINDING_HTTP_POST,
    "artifact": BINDING_HTTP_ARTIFACT,
}
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"


class Fields(HTMLParser):
    """The fields of the form on a page."""

    def __init__(self, page):
        super().__init__()
        self.found = {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "input" and "name" in attributes:
            self.found[attributes["name"]] = attributes["value"]


def place(info):
    if info["method"] == "POST":
        return {"url": info["url"], "fields": Fields(info["data"]).found}
    return {"url": dict(info["headers"])["Location"], "fields": None}


class ServiceProvider:
    def __init__(self, setup):
        self.setup = setup
        self.answers_by = BINDINGS[setup["answers_by"]]
        service = {
            "endpoints": {
                "assertion_consumer_service": [(setup["consumer"], self.answers_by)],
                "single_logout_service": [
                    (setup["logout"], BINDING_HTTP_REDIRECT),
                    (setup["logout"], BINDING_HTTP_POST),
                ],
            },
            "authn_requests_signed": setup["signs_requests"],
            "want_response_signed": setup["wants_response_signed"],
            "want_assertions_signed": setup["wants_assertion_signed"],
            "allow_unsolicited": False,
        }
        pair = {"key_file": setup["key"], "cert_file": setup["certificate"]}
        config = {
            "entityid": setup["entity_id"],
            "service": {"sp": service},
            "metadata": {"inline": [setup["provider_metadata"]]},
            "signing_algorithm": SIG_RSA_SHA256,
            "digest_algorithm": DIGEST_SHA256,
            "only_use_keys_in_metadata": True,
            "allow_unknown_attributes": True,
            **pair,
        }
        if setup["encryption"]:
            config["encryption_keypairs"] = [pair]
        self.config = SPConfig().load(config)
        self.client = Saml2Client(self.config)
        self.provider = next(iter(self.client.metadata.with_descriptor("idpsso")))
        self.outstanding = {}

    def metadata(self):
        return {"metadata": str(entity_descriptor(self.config))}

    def log_in(self, binding, relay_state, name_id_format, classes, comparison, force, passive):
        asked = {}
        if classes:
            asked["requested_authn_context"] = {
                "authn_context_class_ref": classes,
                "comparison": comparison,
            }
        if force:
            asked["force_authn"] = "true"
        if passive:
            asked["is_passive"] = "true"
        request_id, info = self.client.prepare_for_authenticate(
            entityid=self.provider,
            relay_state=relay_state or "",
            binding=BINDINGS[binding],
            response_binding=self.answers_by,
            nameid_format=name_id_format,
            sign=self.setup["signs_requests"],
            sigalg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            allow_create="true",
            **asked,
        )
        self.outstanding = {request_id: relay_state or ""}
        return place(info)

    def resolve(self, artifact):
        """The message that an artifact stands for, as its sender wrote it."""
        said = self.client.artifact2message(
            artifact,
            "idpsso",
            sign=True,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
        )
        root = etree.fromstring(said.content)
        answer = root.find(f".//{PROTOCOL}ArtifactResponse")
        check(answer is not None, "unresolved", "it does not answer to the artifact")
        signed = self.client.sec.correctly_signed_message(
            etree.tostring(answer).decode(), "artifact_response", must=True
        )
        check(signed.issuer.text == self.provider, "issuer", "somebody else resolves it")
        message = answer.find(f"{PROTOCOL}Response")
        check(message is not None, "nothing", "no message comes for the artifact")
        return b64encode(etree.tostring(message, method="c14n", exclusive=True))

    def judge(self, fields):
        artifact = fields.get("SAMLart")
        message = self.resolve(artifact) if artifact else fields["SAMLResponse"]
        answer = self.client.parse_authn_request_response(
            message,
            self.answers_by,
            outstanding=self.outstanding,
            # Without it nobody compares the recipient.
            conv_info={"remote_addr": "192.0.2.1"},
        )
        self.name_id = answer.name_id
        # It logs why it refuses a destination or a time, and goes on.
        check(answer and answer.assertion and answer.name_id, "unsaid", "it is not for us")
        check(answer.issuer() == self.provider, "issuer", "somebody else says so")
        check(len(answer.assertions) == 1, "assertions", "there is more than one assertion")
        attributes = {}
        for statement in answer.assertion.attribute_statement:
            for attribute in statement.attribute:
                values = [value.text for value in attribute.attribute_value]
                attributes.setdefault(attribute.name, []).extend(values)
        return {
            "name_id": {
                "value": answer.name_id.text,
                "format": answer.name_id.format,
                "name_qualifier": answer.name_id.name_qualifier,
                "sp_name_qualifier": answer.name_id.sp_name_qualifier,
            },
            "attributes": attributes,
            "friendly": answer.ava,
            "session_index": answer.session_info()["session_index"],
            "class": answer.authn_info()[0][0],
            "relay_state": fields.get("RelayState"),
        }

    def log_out(self, binding, relay_state):
        # It makes the RelayState itself.
        binding = BINDINGS[binding]
        sent = self.client.do_logout(
            self.name_id,
            [self.provider],
            "urn:oasis:names:tc:SAML:2.0:logout:user",
            in_a_while(minutes=5),
            sign=True,
            expected_binding=binding,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
        )
        used, info = sent[self.provider]
        check(used == binding, "binding", "it goes another way")
        return place(info)

    def receive(self, url, fields):
        """What a web framework would say of a message, and the binding."""
        if fields:
            return fields, BINDING_HTTP_POST
        return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)), BINDING_HTTP_REDIRECT

    def check_signature(self, message, received, binding):
        """It verifies a signature that is there, and that of a request's address; whether there is
        one, and that of an answer's address, are for its caller."""
        if binding == BINDING_HTTP_POST:
            check(message.signature, "unsigned", "it is not signed")
            return
        check("Signature" in received, "unsigned", "it is not signed")
        certificates = self.client.metadata.certs(self.provider, "any", "signing")
        backend = self.client.sec.sec_backend
        signed = [verify_redirect_signature(received, backend, text) for _, text in certificates]
        check(any(signed), "signature", "somebody else signed it")

    def logged_out(self, url, fields):
        received, binding = self.receive(url, fields)
        answer = self.client.parse_logout_request_response(received["SAMLResponse"], binding)
        self.check_signature(answer.response, received, binding)
        check(answer.issuer() == self.provider, "issuer", "somebody else says so")
        # It knows what it asked, and forgets whom it asked of.
        done, _, _, _ = self.client.handle_logout_response(answer)
        check(done == 0, "undone", "it goes on elsewhere")
        code = answer.response.status.status_code
        codes = [code.value] + ([code.status_code.value] if code.status_code else [])
        return {"statuses": codes, "relay_state": received.get("RelayState")}

    def told_to_log_out(self, url, fields):
        received, binding = self.receive(url, fields)
        beside = {
            "relay_state": received.get("RelayState"),
            "sigalg": received.get("SigAlg"),
            "signature": received.get("Signature"),
        }
        message = received["SAMLRequest"]
        request = self.client.parse_logout_request(message, binding, **beside).message
        self.check_signature(request, received, binding)
        check(request.issuer.text == self.provider, "issuer", "somebody else asks")
        check(request.name_id == self.name_id, "name", "it is for somebody else")
        info = self.client.handle_logout_request(
            message,
            self.name_id,
            binding,
            sign=True,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            **beside,
        )
        return {
            "name_id": request.name_id.text,
            "session_indexes": [index.text for index in request.session_index],
            "answer": place(info),
        }


converse(ServiceProvider)
